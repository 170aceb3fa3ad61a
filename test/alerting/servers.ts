import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, spawnOwned } from '@sluice/runtime/processes';
import { stringify } from 'yaml';
import { alertmanagerConfig, messageTemplates } from '../../charts/alertmanager.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { alertmanager } from '../../packages/testbed/tools.ts';
import { eventually } from '../support/job-harness.ts';

/** A server on loopback that is gone with the test. */
export interface Running {
  readonly url: string;
  stop(): void;
}

/** A page of metrics, with the labels that its ServiceMonitor gives. */
export interface Scrape {
  readonly job: string;
  readonly address: string;
  readonly path?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every minute is a second: rules and routes keep their proportions. */
export const hastened = (text: string): string => text.replaceAll(/(?<![\w.])(\d+)m\b/g, '$1s');

const folder = (): string => mkdtempSync(join(tmpdir(), 'alerting-'));

/** Prometheus with rules, that scrapes and evaluates each second. */
export async function startPrometheus(
  rules: object,
  scrapes: readonly Scrape[],
  alertmanagerUrl: string,
): Promise<Running> {
  const at = folder();
  writeFileSync(join(at, 'rules.yaml'), hastened(stringify(rules)));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(at, 'rules.yaml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }] },
    scrape_configs: scrapes.map(({ job, address, path = '/metrics', params, labels }, index) => ({
      job_name: `${job}-${index}`,
      metrics_path: path,
      ...(params && { params }),
      static_configs: [{ targets: [address], labels: { job, metrics_path: path, ...labels } }],
    })),
  };
  writeFileSync(join(at, 'prometheus.yaml'), stringify(config));
  return serve('prometheus', [`--config.file=${at}/prometheus.yaml`, `--storage.tsdb.path=${at}/data`]);
}

/** Alertmanager with the routes and messages of this repository, which notifies a channel. */
export async function startAlertmanager(webhook: string): Promise<Running> {
  const at = folder();
  writeFileSync(join(at, 'discord'), webhook, { mode: 0o600 });
  writeFileSync(
    join(at, 'messages.tmpl'),
    messageTemplates({ grafana: 'https://grafana.test', logs: 'loki' }),
  );
  const config = alertmanagerConfig({ secrets: at, silencing: { BrokerDown: 'broker' }, holidays: [] });
  const text = stringify({ ...config, templates: [join(at, '*.tmpl')] });
  writeFileSync(join(at, 'alertmanager.yaml'), hastened(text).replace('group_wait: 30s', 'group_wait: 1s'));
  const program = join(await ensureTool(alertmanager), 'alertmanager');
  return serve(program, [
    ...[`--config.file=${at}/alertmanager.yaml`, `--storage.path=${at}/data`],
    '--cluster.listen-address=',
  ]);
}

async function serve(program: string, args: readonly string[]): Promise<Running> {
  const port = await freePort();
  const listen = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  const child: ChildProcess = spawnOwned([program, ...args, ...listen], {
    stdout: 'ignore',
    stderr: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
  await eventually(`${program} is ready`, ready, 60);
  return { url, stop: () => killGroup(child) };
}

/** Names of the alerts that Prometheus says are firing. */
export async function firing({ url }: Running): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/alerts`);
  const { data } = (await response.json()) as {
    data: { alerts: readonly { state: string; labels: { alertname: string } }[] };
  };
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
}
