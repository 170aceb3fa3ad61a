import { desiredState } from '../apps/main.ts';
import type { DesiredState } from '../apps/rendering.ts';
import type { Environment } from '../environments/environment.ts';
import {
  type Explanation,
  explain,
  findObjects,
  objectsOf,
  referenceOf,
  suggestionsFor,
} from '../packages/analysis/explain/explain.ts';
import { jsonReport, sectionsOf, titleFor } from '../packages/analysis/explain/report.ts';
import { markdownOf, textOf } from '../packages/analysis/report/markup.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';
import { OptionReader, parseOptions } from './arguments.ts';

const help = `usage: sluice explain KIND/NAME[.NAMESPACE] [options]

Why a rendered object is as it is: the source lines that asked for it, the values of its environment that it
depends on (found by rendering it with each of them changed), what it leads to and what leads to it, link by
link. A link that leads nowhere is said to be broken, and the exit code is 1.

  --environment NAME   of one environment                                  (all that have it)
  --format FORMAT      text | markdown | json                              (text)

  npx sluice explain deployment/consumer
  npx sluice explain prometheusrule/scaler.scaler --environment production
`;

const formats: Readonly<Record<string, (all: readonly Explanation[]) => string>> = {
  text: (all) => all.map((one) => textOf(titleFor(one), sectionsOf(one))).join('\n'),
  markdown: (all) => all.map((one) => markdownOf(titleFor(one), sectionsOf(one))).join('\n'),
  json: jsonReport,
};

interface ExplainOptions {
  readonly reference: string;
  readonly wanted: readonly Environment[];
  readonly report: (all: readonly Explanation[]) => string;
}

/**
 * `sluice explain`. @returns 0, or 1 when one of its links is broken
 * @param state What is wanted. @default what this repository wants
 * @throws {ConfigurationError} for bad options, and where the name means no object or several
 */
export async function runExplain(argv: string[], state = desiredState): Promise<number> {
  const asked = parse(argv, state.environments);
  if (asked === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const explanations = explanationsOf(asked, state);
  process.stdout.write(asked.report(explanations));
  return explanations.some(isBroken) ? 1 : 0;
}

function explanationsOf({ reference, wanted }: ExplainOptions, state: DesiredState): Explanation[] {
  const worlds = wanted.map((environment) => ({ environment, objects: objectsOf(environment, state) }));
  const all = worlds.flatMap(({ objects }) => objects);
  const found = worlds.flatMap(({ environment, objects }) =>
    findObjects(reference, objects).map((object) => ({ object, environment, objects })),
  );
  const names = [...new Set(found.map(({ object }) => referenceOf(object)))];
  const fault = (text: string): ConfigurationError =>
    new ConfigurationError('explain', [`'${reference}' ${text}`]);
  if (names.length === 0)
    throw fault(
      `is no object of ${wanted.map(({ name }) => name).join(', ')}${hint(suggestionsFor(reference, all))}`,
    );
  if (names.length > 1) throw fault(`may be ${names.join(', ')}: name one`);
  return found.map(({ object, environment, objects }) => explain(object, environment, objects, state));
}

const hint = (names: readonly string[]): string =>
  names.length === 0 ? '' : `; there is ${names.join(', ')}`;

const isBroken = ({ chains }: Explanation): boolean => chains.some(({ link }) => link.end.kind === 'broken');

function parse(argv: string[], environments: readonly Environment[]): ExplainOptions | undefined {
  const options = {
    environment: { type: 'string' },
    format: { type: 'string', default: 'text' },
    help: { type: 'boolean' },
  } as const;
  const { values, positionals } = parseOptions('explain', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('explain');
  const known = environments.map(({ name }) => name);
  if (values.environment !== undefined) reader.oneOf('environment', values.environment, known);
  reader.oneOf('format', values.format, Object.keys(formats));
  const [reference = '', ...rest] = positionals;
  if (!/^[^/]+\/[^/]+$/.test(reference))
    reader.fault(`needs an object as KIND/NAME[.NAMESPACE], not '${reference}'`);
  if (rest.length > 0) reader.fault(`takes one object, not also '${rest.join(' ')}'`);
  reader.check();
  const wanted = environments.filter(({ name }) => name === (values.environment ?? name));
  return { reference, wanted, report: formats[values.format] ?? jsonReport };
}
