import type { Environment } from '../../environments/environment.ts';
import type { Objective } from '../../packages/analysis/advise/labels.ts';
import { OptionReader, parseOptions } from '../arguments.ts';
import { localEnvironment } from '../local-environment.ts';

/** What `sluice advise` is asked. */
export interface AdviseOptions {
  readonly workload: string;
  readonly environment: string;
  readonly trace: string | undefined;
  readonly range: { readonly url: string; readonly query: string } | undefined;
  readonly sinceSeconds: number;
  readonly until: number | undefined;
  readonly stepSeconds: number;
  readonly objective: Omit<Objective, 'maxReplicas'> & { readonly maxReplicas: number | undefined };
  readonly serviceSeconds: number | undefined;
  readonly podStartSeconds: number;
  readonly seed: number;
  readonly svg: string | undefined;
  readonly format: string;
}

const text = { type: 'string' } as const;
const options = {
  ...{ trace: text, prometheus: text, query: text, since: text, until: text, step: text },
  ...{ 'p99-wait': text, 'max-replicas': text, 'max-changes-per-hour': text, service: text },
  ...{ 'pod-start': text, environment: text, seed: text, svg: text, format: text },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean' },
} as const;

const YEAR_SECONDS = 366 * 86_400;
const STEP_SECONDS = 15;
const BASE_URL = /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/;
const WEEK_SECONDS = 7 * 86_400;

type Values = Readonly<Partial<Record<string, string | boolean>>>;

/**
 * What the command line asks; undefined: for help.
 * @throws {ConfigurationError} with every fault
 */
export function parse(argv: string[], environments: readonly Environment[]): AdviseOptions | undefined {
  const { values, positionals } = parseOptions('advise', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('advise');
  const [workload, ...rest] = positionals;
  if (workload === undefined) reader.fault('needs the name of a workload, for example consumer');
  if (rest.length > 0) reader.fault(`takes one workload, not also '${rest.join(' ')}'`);
  const { format = values.json ? 'json' : 'text' } = values;
  reader.oneOf('format', format, ['text', 'markdown', 'json']);
  const { environment = localEnvironment('advise', environments).name } = values;
  const asked = {
    ...{ workload: workload ?? '', environment, svg: values.svg, format },
    ...sourceOptions(values, reader),
    objective: objectiveOf(values, reader),
    serviceSeconds: reader.duration('service', values.service),
    podStartSeconds: reader.duration('pod-start', values['pod-start']) ?? 10,
    seed: reader.count('seed', values.seed, 1),
  };
  const known = environments.map(({ name }) => name);
  if (values.environment !== undefined) reader.oneOf('environment', values.environment, known);
  reader.check();
  return asked;
}

type Texts = Readonly<Partial<Record<string, string>>>;

function sourceOptions(values: Values, reader: OptionReader) {
  const { trace, prometheus, query, since, step } = values as Texts;
  checkSource(values as Texts, reader);
  return {
    trace,
    range:
      prometheus === undefined || query === undefined
        ? undefined
        : { url: prometheus.replace(/\/+$/, ''), query },
    sinceSeconds: reader.duration('since', since, YEAR_SECONDS) ?? WEEK_SECONDS,
    until: reader.instant('until', (values as Texts).until),
    stepSeconds: Math.max(1, Math.round(reader.duration('step', step) ?? STEP_SECONDS)),
  };
}

/** The arrivals come from one place. Credentials in a URL would end in a shell's history. */
function checkSource({ trace, prometheus, query }: Texts, reader: OptionReader): void {
  const asked = [prometheus, query].filter((part) => part !== undefined).length;
  if (trace !== undefined && asked > 0) reader.fault("'--trace' needs no '--prometheus' and no '--query'");
  if (trace === undefined && asked < 2) reader.fault("needs '--trace', or '--prometheus' and '--query'");
  if (prometheus !== undefined && !BASE_URL.test(prometheus))
    reader.fault("'--prometheus' must be http:// or https://, a host and at most a port and a path");
}

const objectiveOf = (values: Values, reader: OptionReader): AdviseOptions['objective'] => ({
  p99WaitSeconds: reader.duration('p99-wait', values['p99-wait'] as string | undefined) ?? 60,
  maxReplicas: optional(reader, 'max-replicas', values['max-replicas']),
  maxChangesPerHour: optional(reader, 'max-changes-per-hour', values['max-changes-per-hour']),
});

const optional = (
  reader: OptionReader,
  name: string,
  value: string | boolean | undefined,
): number | undefined => (typeof value === 'string' ? reader.count(name, value, 1) : undefined);
