import type { BoardConfig } from '../config.ts';
import { type FeedOptions, FeedPoller, OnDemand } from '../model/feed.ts';
import type { BoardState } from '../model/state.ts';
import type { Lookups } from '../server/lookups.ts';
import { SnapshotFolder } from './snapshots.ts';

/** A file that is there is read again after an hour alone: a snapshot never changes. */
const SNAPSHOT_FRESH_MS = 60 * 60_000;
const SNAPSHOT_POLL_MS = 15_000;

/** Everything that the board reads beside the scaler. */
export interface Sources {
  /** What each has read last; only of those that are configured. */
  readonly feeds: () => Pick<BoardState, 'cluster'>;
  readonly lookups: Lookups;
  readonly start: () => void;
  /** Resolves when nothing is read any more. */
  readonly stop: () => Promise<void>;
}

type Told = Pick<FeedOptions<unknown>, 'changed' | 'reported'>;

/** The sources that the configuration names. They read when they are started. */
export function openSources(config: BoardConfig, told: Told): Sources {
  const { SNAPSHOT_DIR: directory } = config;
  const folder = directory === undefined ? undefined : new SnapshotFolder(directory);
  const cluster =
    folder &&
    new FeedPoller({ ...told, name: 'snapshots', read: () => folder.read(), everyMs: SNAPSHOT_POLL_MS });
  const snapshots =
    folder &&
    new OnDemand({
      ...{ read: (instant: string) => folder.at(Number(instant)), freshMs: SNAPSHOT_FRESH_MS, most: 4 },
      changed: told.changed,
    });
  const pollers = [cluster].filter((poller) => poller !== undefined);
  return {
    feeds: () => ({ ...(cluster && { cluster: cluster.feed }) }),
    lookups: { ...(snapshots && { snapshots }) },
    start: () => {
      for (const poller of pollers) poller.start();
    },
    stop: async () => {
      snapshots?.stop();
      await Promise.all(pollers.map((poller) => poller.stop()));
    },
  };
}
