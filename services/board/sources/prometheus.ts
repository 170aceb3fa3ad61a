import { parseInstant, request } from '@sluice/runtime';
import * as z from 'zod';
import { consumer } from '../../../packages/contracts/metrics/catalogue.ts';

const TIMEOUT_MS = 10_000;
/** Points of a line: as many as a chart has room for. */
const POINTS = 180;

/** Spans that a visitor may choose, seconds. */
export const RANGES = { '1h': 3600, '6h': 21_600, '24h': 86_400, '7d': 604_800 } as const;
export type Range = keyof typeof RANGES;
/** The time range that a text names; 6 hours where it names none. */
export const rangeOf = (text: string | undefined): Range =>
  (Object.keys(RANGES) as Range[]).find((range) => range === text) ?? '6h';

/** What a line of a chart is; each has a word in every language. */
export type SeriesName =
  | 'used'
  | 'requested'
  | 'allocatable'
  | 'running'
  | 'pending'
  | 'failed'
  | 'ready'
  | 'all'
  | 'restarts';
export type ChartName = 'cpu' | 'memory' | 'pods' | 'nodes' | 'restarts';

const phase = (name: string): string => `sum(kube_pod_status_phase{phase="${name}"})`;
const resources = (resource: 'cpu' | 'memory') => ({
  requested: `sum(kube_pod_container_resource_requests{resource="${resource}"})`,
  allocatable: `sum(kube_node_status_allocatable{resource="${resource}"})`,
});

/**
 * Every query that the board asks of Prometheus over time. A visitor chooses one of the spans and nothing else: no text
 * of an address becomes PromQL.
 */
export const QUERIES: Readonly<Record<ChartName, Readonly<Partial<Record<SeriesName, string>>>>> = {
  cpu: {
    used: 'sum(rate(container_cpu_usage_seconds_total{container!=""}[5m]))',
    ...resources('cpu'),
  },
  memory: { used: 'sum(container_memory_working_set_bytes{container!=""})', ...resources('memory') },
  pods: { running: phase('Running'), pending: phase('Pending'), failed: phase('Failed') },
  nodes: {
    ready: 'sum(kube_node_status_condition{condition="Ready",status="true"})',
    all: 'count(kube_node_info)',
  },
  restarts: { restarts: 'sum(increase(kube_pod_container_status_restarts_total[5m]))' },
};

const jobsDone = `${consumer.jobsProcessed.name}{outcome!="retried"}`;
/** Jobs that are done a second, by the namespace of the pods that do them; 0 where pods did some in the last hour and do none. */
export const JOB_RATES = `sum by (namespace) (rate(${jobsDone}[1m])) or sum by (namespace) (0 * last_over_time(${jobsDone}[1h]))`;

/** Some lines over the same instants. */
export interface Series {
  readonly chart: ChartName;
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  readonly lines: readonly { readonly name: SeriesName; readonly values: readonly (number | null)[] }[];
}

/** An alert that fires. */
export interface FiringAlert {
  readonly name: string;
  readonly severity: string;
  readonly namespace: string;
  readonly summary: string;
  /** Epoch milliseconds; undefined where Prometheus' instant cannot be read. */
  readonly since: number | undefined;
}

const answer = <T extends z.ZodType>(data: T) => z.object({ status: z.literal('success'), data });
const matrix = answer(
  z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
);
const labels = z.record(z.string(), z.string());
const vector = answer(
  z.object({ result: z.array(z.object({ metric: labels, value: z.tuple([z.number(), z.string()]) })) }),
);
const alerts = answer(
  z.object({
    alerts: z.array(z.object({ labels, annotations: labels, state: z.string(), activeAt: z.string() })),
  }),
);

const MOST_ALERTS = 200;
const RANK = ['critical', 'warning', 'info'];

/** What is always in order, or always fires. */
const SILENT = ['Watchdog', 'InfoInhibitor'];

/** Prometheus' API, for the named queries and the alerts that fire. */
export class Prometheus {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error whatever the reason, in a sentence that names the address */
  async alerts(signal: AbortSignal): Promise<readonly FiringAlert[]> {
    const { data } = await this.#get('/api/v1/alerts', {}, alerts, signal);
    return data.alerts
      .filter(({ state, labels: { alertname = '' } }) => state === 'firing' && !SILENT.includes(alertname))
      .map(({ labels: of, annotations, activeAt }) => ({
        ...{ name: of.alertname ?? '', severity: of.severity ?? 'none', namespace: of.namespace ?? '' },
        ...{
          summary: annotations.summary ?? annotations.description ?? '',
          since: parseInstant(activeAt),
        },
      }))
      .sort((a, b) => rank(a) - rank(b) || (b.since ?? 0) - (a.since ?? 0))
      .slice(0, MOST_ALERTS);
  }

  /** Each chart over a span that ends now. @throws Error whatever the reason, in a sentence that names the address */
  async charts(range: Range, now: number, signal: AbortSignal): Promise<readonly Series[]> {
    const step = Math.max(15, Math.round(RANGES[range] / POINTS));
    const end = Math.floor(now / 1000 / step) * step;
    const times = Array.from({ length: POINTS }, (_, index) => end - (POINTS - 1 - index) * step);
    const series: Series[] = [];
    for (const [chart, queries] of Object.entries(QUERIES) as [ChartName, (typeof QUERIES)[ChartName]][]) {
      const lines = await Promise.all(
        (Object.entries(queries) as [SeriesName, string][]).map(async ([name, query]) => {
          const span = { query, start: String(times[0]), end: String(end), step: String(step) };
          const { data } = await this.#get('/api/v1/query_range', span, matrix, signal);
          const values = new Map(data.result[0]?.values.map(([at, value]) => [at, Number(value)]));
          return { name, values: times.map((at) => values.get(at) ?? null) };
        }),
      );
      const known = lines.filter(({ values }) => values.some((value) => value !== null));
      series.push({ chart, times: times.map((at) => at * 1000), lines: known });
    }
    return series;
  }

  /** Jobs done a second, by namespace. @throws Error whatever the reason, in a sentence that names the address */
  async jobRates(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const { data } = await this.#get('/api/v1/query', { query: JOB_RATES }, vector, signal);
    return new Map(
      data.result.flatMap(({ metric: { namespace }, value: [, rate] }) =>
        namespace === undefined || !Number.isFinite(Number(rate)) ? [] : [[namespace, Number(rate)]],
      ),
    );
  }

  async #get<T extends z.ZodType>(
    path: string,
    query: Readonly<Record<string, string>>,
    schema: T,
    signal: AbortSignal,
  ): Promise<z.output<T>> {
    const url = new URL(path, this.#url);
    url.search = String(new URLSearchParams(query));
    const { status, body } = await request({ url, timeoutMs: TIMEOUT_MS, signal });
    if (status !== 200) throw new Error(`${url.origin}${path} answers ${status}`);
    const parsed = schema.safeParse(JSON.parse(body.toString()));
    if (!parsed.success) throw new Error(`${url.origin}${path} does not answer as Prometheus does`);
    return parsed.data;
  }
}

const rank = ({ severity }: FiringAlert): number => {
  const found = RANK.indexOf(severity);
  return found < 0 ? RANK.length : found;
};
