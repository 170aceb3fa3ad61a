import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { until } from './service-processes.ts';

/** A counter as it was scraped. */
export interface Recording {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch seconds and the value, ascending. */
  readonly samples: readonly (readonly [number, number])[];
}

export interface LocalPrometheus {
  readonly url: string;
  stop(): void;
}

/** Debian's Prometheus on loopback, with samples of the past in its blocks. `npm test` installs it. @param rules a file of them. @default none */
export async function startPrometheus(
  recordings: readonly Recording[],
  rules?: object,
): Promise<LocalPrometheus> {
  if (!existsSync('/usr/bin/promtool')) throw new Error('no Prometheus here: apt-get install prometheus');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'));
  const data = join(folder, 'data');
  writeFileSync(join(folder, 'samples.om'), openMetrics(recordings));
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'samples.om'), data], {
    stdio: 'ignore',
  });
  const global = { scrape_interval: '15s', evaluation_interval: '1s' };
  const rule_files = rules === undefined ? [] : [join(folder, 'rules.yml')];
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ global, rule_files }));
  if (rules !== undefined) writeFileSync(join(folder, 'rules.yml'), JSON.stringify(rules));
  const port = await freePort();
  const child = spawnOwned(
    [
      'prometheus',
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=3650d',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdout: 'ignore', stderr: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
  let answered = false;
  const stop = () => killGroup(child);
  try {
    await until(
      'Prometheus is ready',
      () => {
        void ready().then((ok) => {
          answered ||= ok;
        });
        return answered;
      },
      60,
    );
  } catch (error) {
    stop();
    throw error;
  }
  return { url, stop };
}

/** Families are one after another, series of one family together. @see https://github.com/OpenObservability/OpenMetrics */
function openMetrics(recordings: readonly Recording[]): string {
  const families = Map.groupBy(recordings, ({ name }) => name);
  const lines = [...families].flatMap(([name, all]) => [
    `# TYPE ${name.replace(/_total$/, '')} counter`,
    ...all.flatMap(({ labels, samples }) => {
      const text = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
      return samples.map(([seconds, value]) => `${name}{${text.join(',')}} ${value} ${seconds}`);
    }),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}
