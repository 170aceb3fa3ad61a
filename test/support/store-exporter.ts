/** The exporters of stores, as their pods are rendered, on real stores. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@sluice/runtime/processes';
import { storesDashboard } from '../../apps/platform/dashboards/stores.ts';
import { storeExporter } from '../../apps/platform/store-exporters.ts';
import { storeUrl } from '../../apps/platform/stores.ts';
import { bank, render, withTransactions } from '../../apps/testing/desired-state.ts';
import { objectReader } from '../../apps/testing/rendered.ts';
import type { Alert } from '../../charts/alerts.ts';
import { filledIn } from '../../charts/dashboards/dashboard.ts';
import { parsePromql } from '../../packages/contracts/promql.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { elasticsearchExporter, redisExporter } from '../../packages/testbed/tools.ts';
import { type Sample, samplesIn } from './metrics-text.ts';

const PROGRAMS = {
  redis: { tool: redisExporter, program: 'redis_exporter' },
  elasticsearch: { tool: elasticsearchExporter, program: 'elasticsearch_exporter' },
} as const;

/** A store whose exporter can be built here. */
export type ExportedStore = keyof typeof PROGRAMS;

interface RenderedContainer {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
}

/** An exporter that runs. */
export interface RunningExporter {
  readonly server: OwnServer;
  /** The page that answers while the process lives. */
  readonly aliveUrl: string;
}

/**
 * Starts the exporter of a store with the arguments and variables of its rendered pod, but for its address, that of the
 * store, and the password.
 * @param address Where the store answers.
 * @throws Error with the end of its log
 */
export async function startStoreExporter(
  store: ExportedStore,
  address: string,
  password = '',
): Promise<RunningExporter> {
  const { name, namespace } = storeExporter(store);
  const pod = objectReader(render([bank], withTransactions))(
    `bank/${name}/deployment-${name}.${namespace}.yaml`,
  ).spec.template.spec;
  const { args = [], env = [], livenessProbe }: RenderedContainer = pod.containers[0];
  const port = await freePort();
  const here = (text: string): string =>
    text.replace(storeUrl(store, bank), address).replace(/(^|=):\d+$/, `$1127.0.0.1:${port}`);
  const { tool, program } = PROGRAMS[store];
  const url = `http://127.0.0.1:${port}`;
  const aliveUrl = url + livenessProbe.httpGet.path;
  const server = await OwnServer.start({
    ...{ name: program, url, startSeconds: 60 },
    directory: mkdtempSync(join(tmpdir(), `sluice-${name}-`)),
    command: [
      'env',
      ...env.map(
        ({ name: variable, value }) => `${variable}=${value === undefined ? password : here(value)}`,
      ),
      join(await ensureTool(tool), program),
      ...args.map(here),
    ],
    answers: async () => (await fetch(aliveUrl).catch(() => undefined))?.ok === true,
  });
  return { server, aliveUrl };
}

/** Metric -> its series. */
export type MetricsPage = ReadonlyMap<string, readonly Sample[]>;

/** What a server exposes now. */
export async function metricsPage({ url }: OwnServer): Promise<MetricsPage> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(60_000) })).text();
  return Map.groupBy(samplesIn(text), ({ name }) => name);
}

/** The value of the first series with these labels. */
export const sampleOf = async (
  server: OwnServer,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> =>
  (await metricsPage(server))
    .get(name)
    ?.find((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value;

/** Labels that Prometheus adds at a scrape. */
const ADDED = ['namespace', 'job', 'pod'];

/** A metric that a query asks for, with the labels that its exporter gives it. */
interface Asked {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** What these alerts and the dashboard of stores ask of an exporter. */
export function askedOf(store: ExportedStore, alerts: readonly Alert[]): readonly Asked[] {
  const panels = storesDashboard(bank).rows.flatMap((row) => row.panels);
  return [...alerts, ...panels.flatMap((panel) => ('queries' in panel ? panel.queries : []))]
    .flatMap(({ expr }) => parsePromql(filledIn(expr)).selectors)
    .filter(({ metric }) => metric?.startsWith(`${store}_`))
    .map(({ metric = '', labels }) => ({ metric, labels: labels.filter((label) => !ADDED.includes(label)) }));
}

/** @returns each metric, or metric and label, that is asked for and not on the page */
export const missingOn = (page: MetricsPage, asked: readonly Asked[]): string[] =>
  asked.flatMap(({ metric, labels }) => {
    const [sample] = page.get(metric) ?? [];
    if (sample === undefined) return [metric];
    return labels.filter((label) => sample.labels[label] === undefined).map((label) => `${metric} ${label}`);
  });
