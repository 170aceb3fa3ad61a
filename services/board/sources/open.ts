import type { BoardConfig } from '../config.ts';
import type { BoardModel } from '../model/board.ts';
import { type FeedOptions, FeedPoller, OnDemand } from '../model/feed.ts';
import type { BoardState } from '../model/state.ts';
import type { Lookups } from '../server/routes.ts';
import { DecisionLines } from './decision-lines.ts';
import { LogSearch } from './lines.ts';
import { LogStore } from './log-store.ts';
import { Prometheus, rangeOf } from './prometheus.ts';
import { SnapshotFolder } from './snapshots.ts';

const SECOND_MS = 1000;
/** A snapshot and a report never change. */
const FOREVER_MS = 60 * 60 * SECOND_MS;
const SNAPSHOTS_EVERY_MS = 15 * SECOND_MS;
const ALERTS_EVERY_MS = 15 * SECOND_MS;
const CHARTS_FRESH_MS = 30 * SECOND_MS;
const REPORTS_EVERY_MS = 60 * SECOND_MS;
const LINES_FRESH_MS = 3 * SECOND_MS;
const DECISIONS_EVERY_MS = 5 * SECOND_MS;
const RATES_EVERY_MS = 15 * SECOND_MS;

type Feeds = Pick<BoardState, 'cluster' | 'alerts' | 'errors' | 'decisions'>;

/** Who hears of what the sources have. */
interface Told extends Pick<FeedOptions<unknown>, 'changed' | 'reported'> {
  readonly model: BoardModel;
  /** The workloads of a namespace that has one alone. */
  readonly namespaces: ReadonlyMap<string, string>;
}

interface Stoppable {
  stop(): void | Promise<void>;
}

/** What one source adds to the pages. */
interface Part {
  readonly feeds?: () => Feeds;
  readonly lookups?: Lookups;
  readonly pollers?: readonly { start(): void }[];
  readonly parts: readonly Stoppable[];
}

/** Everything that the board reads beside the scaler. */
export interface Sources {
  /** What each has read last; only of those that are configured. */
  readonly feeds: () => Feeds;
  readonly lookups: Lookups;
  readonly start: () => void;
  /** Resolves when nothing is read any more. */
  readonly stop: () => Promise<void>;
}

/** The sources that the configuration names. They read when they are started. */
export async function openSources(config: BoardConfig, told: Told): Promise<Sources> {
  const opened = [snapshotPart, prometheusPart, linesPart].flatMap((open) => open(config, told) ?? []);
  const reports = await reportPart(config, told);
  const all = reports === undefined ? opened : [...opened, reports];
  return {
    feeds: () => Object.assign({}, ...all.map(({ feeds }) => feeds?.() ?? {})),
    lookups: Object.assign({}, ...all.map(({ lookups }) => lookups ?? {})),
    start: () => {
      for (const { pollers = [] } of all) for (const poller of pollers) poller.start();
    },
    stop: async () => void (await Promise.all(all.flatMap(({ parts }) => parts).map((part) => part.stop()))),
  };
}

function snapshotPart({ SNAPSHOT_DIR }: BoardConfig, told: Told): Part | undefined {
  if (SNAPSHOT_DIR === undefined) return undefined;
  const folder = new SnapshotFolder(SNAPSHOT_DIR);
  const cluster = new FeedPoller({
    ...{ ...told, name: 'snapshots', read: () => folder.read(), everyMs: SNAPSHOTS_EVERY_MS },
  });
  const snapshots = new OnDemand({
    ...{ read: (instant: string) => folder.at(Number(instant)), freshMs: FOREVER_MS, most: 4 },
    changed: told.changed,
  });
  return {
    feeds: () => ({ cluster: cluster.feed }),
    ...{ lookups: { snapshots }, pollers: [cluster], parts: [cluster, snapshots] },
  };
}

function prometheusPart({ PROMETHEUS_URL }: BoardConfig, told: Told): Part | undefined {
  if (PROMETHEUS_URL === undefined) return undefined;
  const prometheus = new Prometheus(PROMETHEUS_URL);
  const alerts = new FeedPoller({
    ...{ ...told, name: 'alerts', everyMs: ALERTS_EVERY_MS },
    read: (signal) => prometheus.alerts(signal),
  });
  const rates = new FeedPoller({
    ...{ ...told, name: 'throughput', everyMs: RATES_EVERY_MS },
    read: async (signal) => {
      try {
        told.model.counted(byWorkload(await prometheus.jobRates(signal), told.namespaces));
      } catch (error) {
        // An old rate would be drawn as a present one.
        told.model.counted(new Map());
        throw error;
      }
    },
  });
  const charts = new OnDemand({
    ...{ freshMs: CHARTS_FRESH_MS, most: 4, changed: told.changed },
    read: (range: string, signal) => prometheus.charts(rangeOf(range), Date.now(), signal),
  });
  return {
    feeds: () => ({ alerts: alerts.feed }),
    ...{ lookups: { charts }, pollers: [alerts, rates], parts: [alerts, rates, charts] },
  };
}

/** @param rates by namespace */
const byWorkload = (
  rates: ReadonlyMap<string, number>,
  namespaces: ReadonlyMap<string, string>,
): ReadonlyMap<string, number> =>
  new Map(
    [...rates].flatMap(([namespace, rate]) => {
      const workload = namespaces.get(namespace);
      return workload === undefined ? [] : [[workload, rate]];
    }),
  );

function linesPart(config: BoardConfig, told: Told): Part | undefined {
  const store = logStoreOf(config);
  if (store === undefined) return undefined;
  const search = new LogSearch(store);
  const lines = new OnDemand({
    ...{ freshMs: LINES_FRESH_MS, most: 50, changed: told.changed },
    read: (key: string, signal) => search.search(JSON.parse(key), Date.now(), signal),
  });
  const part = { lookups: { lines }, parts: [lines] };
  if (config.SCALER_NAMESPACE === undefined) return part;
  const decisions = decisionPoller(store, config.SCALER_NAMESPACE, told);
  return {
    ...{ ...part, feeds: () => ({ decisions: decisions.feed }) },
    ...{ pollers: [decisions], parts: [lines, decisions] },
  };
}

function decisionPoller(store: LogStore, namespace: string, told: Told): FeedPoller<true> {
  const followed = new DecisionLines(store, namespace);
  return new FeedPoller({
    ...{ ...told, name: 'decisions', everyMs: DECISIONS_EVERY_MS },
    read: async (signal) => {
      for (const decision of await followed.read(Date.now(), signal)) told.model.decided(decision);
      return true as const;
    },
  });
}

function logStoreOf(config: BoardConfig): LogStore | undefined {
  const { LOG_STORE: kind, LOG_STORE_URL: url, LOG_STORE_USERNAME: username } = config;
  if (url === undefined) return undefined;
  const { LOG_STORE_PASSWORD: password, LOG_STORE_CA_FILE: authoritiesFile } = config;
  const credentials =
    username === undefined || password === undefined
      ? undefined
      : () => ({ username, password: password.read() });
  return new LogStore(kind, { url, credentials, authoritiesFile });
}

/** The client of S3 is loaded where there is a bucket alone. */
async function reportPart(config: BoardConfig, told: Told): Promise<Part | undefined> {
  const { REPORT_BUCKET: bucket, S3_REGION: region, S3_ENDPOINT: endpoint } = config;
  if (bucket === undefined) return undefined;
  const { ReportStore } = await import('./report-store.ts');
  const store = new ReportStore({ bucket, region, endpoint });
  const errors = new FeedPoller({
    ...{ ...told, name: 'reports', everyMs: REPORTS_EVERY_MS },
    read: (signal) => store.summaries(Date.now(), signal),
  });
  const reports = new OnDemand({
    ...{ freshMs: FOREVER_MS, most: 20, changed: told.changed },
    read: (key: string, signal) => {
      const [namespace = '', start] = key.split(' ');
      return store.report(namespace, Number(start), signal);
    },
  });
  return {
    feeds: () => ({ errors: errors.feed }),
    ...{ lookups: { reports }, pollers: [errors], parts: [errors, reports] },
  };
}
