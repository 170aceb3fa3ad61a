import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { parse, stringify } from 'yaml';
import { applications } from '../../apps/main.ts';
import { render } from '../../apps/rendering.ts';
import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { localEnvironment } from '../../cli/local-environment.ts';
import { type MetricsTarget, MetricsTargets } from '../../cli/up/metrics-targets.ts';
import { repositoryRoot } from '../../cli/up/processes.ts';
import { environments } from '../../environments/index.ts';
import { until } from '../support/service-processes.ts';

/** `npm start` on a broker, as a process. */
export class StartedRun {
  readonly #lines: string[] = [];
  readonly #child: ChildProcess;

  /** @param onLine Gets what it prints. */
  constructor(
    options: readonly string[],
    { amqpUrl, managementUrl }: LocalBroker,
    onLine: (line: string) => void,
  ) {
    const env = { ...process.env, AMQP_URL: amqpUrl, MANAGEMENT_URL: managementUrl };
    this.#child = spawn('node', ['cli/main.ts', 'up', '--plain', ...options], {
      ...{ cwd: repositoryRoot, env, stdio: ['ignore', 'pipe', 'inherit'] },
    });
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.#lines.push(line);
        console.log(line);
        onLine(line);
      });
  }

  /** The file that lists what it runs, for Prometheus. */
  async targetsFile(): Promise<string> {
    const found = (): string | undefined =>
      this.#lines.map((line) => /file_sd_configs: (\S+)$/.exec(line)?.[1]).find((one) => one !== undefined);
    await until('the run says where its metrics are', () => found() !== undefined, 120);
    return found() ?? '';
  }

  /** Waits until the workload has opened so many times. */
  async opened(times: number): Promise<void> {
    const count = (): number => this.#lines.filter((line) => / 0 -> \d+ /.test(line)).length;
    await until(`the workload opens ${times} times`, () => count() >= times, 600);
  }

  /** Ends within 5 s. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** Debian's Prometheus, which scrapes each second and has every rule of the desired state on RabbitMQ. */
export class ScrapingPrometheus {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /** @param file A file with more targets, which changes while it runs */
  static async start(targets: readonly MetricsTarget[], file: string): Promise<ScrapingPrometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-dashboards-'));
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: ruleGroups() }));
    const { file: own } = new MetricsTargets(join(folder, 'targets.json'), targets);
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yaml')],
      scrape_configs: [
        { job_name: 'run', file_sd_configs: [{ files: [own, file], refresh_interval: '1s' }] },
      ],
    };
    writeFileSync(join(folder, 'prometheus.yaml'), stringify(config));
    const port = await freePort();
    const options = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
    const child = spawnOwned(
      [
        'prometheus',
        ...[`--config.file=${folder}/prometheus.yaml`, `--storage.tsdb.path=${folder}/data`],
        ...options,
      ],
      { stdout: 'ignore', stderr: 'inherit' },
    );
    return new ScrapingPrometheus(`http://127.0.0.1:${port}`, child);
  }

  stop(): void {
    killGroup(this.#child);
  }
}

/** What this machine shows: the local environment on the broker that runs here. */
const rendered = () => {
  const local = localEnvironment('up', environments);
  return [...render({ environments: [{ ...local, broker: 'rabbitmq' }], applications })];
};

/** Groups of one name in several files are several groups. */
function ruleGroups(): object[] {
  return rendered()
    .filter(([path]) => path.includes('/prometheusrule-'))
    .flatMap(([, text]) => (parse(text) as { spec: { groups: { name: string }[] } }).spec.groups)
    .map((group, index) => ({ ...group, name: `${index}-${group.name}` }));
}

/** Every dashboard of the desired state on that broker: name -> JSON. */
export const dashboardsHere = (): ReadonlyMap<string, unknown> => dashboardsIn(rendered());

/** Every dashboard of rendered files: name -> JSON. */
export const dashboardsIn = (
  files: Iterable<readonly [path: string, text: string]>,
): ReadonlyMap<string, unknown> =>
  new Map(
    [...files]
      .filter(([path]) => path.includes('/configmap-dashboard-'))
      .flatMap(([, text]) => Object.entries((parse(text) as { data: Record<string, string> }).data))
      .map(([file, text]) => [file.replace(/\.json$/, ''), JSON.parse(text)]),
  );
