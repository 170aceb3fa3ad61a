import type { BoardConfig } from '../config.ts';
import { type FeedOptions, FeedPoller, OnDemand } from '../model/feed.ts';
import type { BoardState } from '../model/state.ts';
import type { Lookups } from '../server/lookups.ts';
import { LogSearch } from './log-search.ts';
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

type Feeds = Pick<BoardState, 'cluster' | 'alerts' | 'errors'>;
type Told = Pick<FeedOptions<unknown>, 'changed' | 'reported'>;

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
  const charts = new OnDemand({
    ...{ freshMs: CHARTS_FRESH_MS, most: 4, changed: told.changed },
    read: (range: string, signal) => prometheus.charts(rangeOf(range), Date.now(), signal),
  });
  return {
    feeds: () => ({ alerts: alerts.feed }),
    ...{ lookups: { charts }, pollers: [alerts], parts: [alerts, charts] },
  };
}

function linesPart(config: BoardConfig, { changed }: Told): Part | undefined {
  const { LOG_STORE: kind, LOG_STORE_URL: url, LOG_STORE_USERNAME: username } = config;
  if (url === undefined) return undefined;
  const { LOG_STORE_PASSWORD: password, LOG_STORE_CA_FILE: authoritiesFile } = config;
  const credentials =
    username === undefined || password === undefined
      ? undefined
      : () => ({ username, password: password.read() });
  const store = new LogSearch(kind, { url, credentials, authoritiesFile });
  const lines = new OnDemand({
    ...{ freshMs: LINES_FRESH_MS, most: 50, changed },
    read: (key: string, signal) => store.search(JSON.parse(key), Date.now(), signal),
  });
  return { lookups: { lines }, parts: [lines] };
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
