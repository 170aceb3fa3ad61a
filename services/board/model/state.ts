import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy, Reason } from '@sluice/policy';
import { messageOf } from '@sluice/runtime';
import type { ClusterSnapshot, ReleaseRow } from '../../../packages/contracts/cluster-snapshot.ts';
import { parseServiceLine } from '../sources/lines.ts';
import type { FiringAlert } from '../sources/prometheus.ts';
import type { ReadingSource } from '../sources/scaler.ts';
import type { ClusterHistory } from '../sources/snapshots.ts';
import type { BoardModel } from './board.ts';
import type { ReportSummary } from './errors.ts';
import type { Feed } from './feed.ts';
import type { Level } from './health.ts';
import type { Sample } from './history.ts';

/** An image in use: the digest that nodes pulled, and how many pods run it. */
export interface ImageUse {
  readonly image: string;
  readonly digest?: string;
  readonly pods: number;
}

/** Images of running pods by digest, the most used first. One tag with two digests is two rows. */
export function imagesInUse({ pods }: ClusterSnapshot): readonly ImageUse[] {
  const uses = new Map<string, ImageUse>();
  for (const { images, phase } of pods) {
    if (phase !== 'Running') continue;
    for (const { image, digest } of images) {
      const key = `${image} ${digest}`;
      const pods = (uses.get(key)?.pods ?? 0) + 1;
      uses.set(key, { image, pods, ...(digest !== undefined && { digest }) });
    }
  }
  return [...uses.values()].sort((a, b) => b.pods - a.pods || (a.image < b.image ? -1 : 1));
}

/** The state of a release, by the phases of Argo Rollouts. */
export function releaseLevel({ phase, analyses }: ReleaseRow): Level {
  if (phase === 'Degraded' || analyses[0]?.phase === 'Failed' || analyses[0]?.phase === 'Error')
    return 'critical';
  return phase === 'Healthy' || phase === 'Progressing' || phase === 'Paused' ? 'ok' : 'unknown';
}

/** New lines of the services. */
export interface LineSource {
  lines(): Promise<readonly string[]>;
}

/** What feeds the model, and how often, milliseconds. */
export interface WatchOptions {
  readonly model: BoardModel;
  readonly readings: ReadingSource;
  /** @default no decisions are known */
  readonly lines?: LineSource;
  readonly pollMs: number;
  /** Something may have changed. */
  readonly changed: () => void;
  /** A reading failed. */
  readonly failed: () => void;
  /** A source failed, or answers again (undefined); said once at each change. */
  readonly reported: (failure: string | undefined) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Reads the sources again and again into the model, one reading at a time, until it is stopped. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stopping = new AbortController();
  #failure: string | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Resolves when nothing is read any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  /** One reading of every source. Never throws. */
  async poll(): Promise<void> {
    const { model, readings, now = Date.now } = this.#options;
    const failures: string[] = [];
    await this.#readLines().catch((error) => failures.push(messageOf(error)));
    try {
      model.observe(await readings.read(this.#stopping.signal), now());
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      model.failed(messageOf(error), now());
      failures.push(messageOf(error));
    }
    this.#report(failures.length === 0 ? undefined : failures.join('; '));
    this.#options.changed();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.poll();
      await sleep(this.#options.pollMs, undefined, { signal }).catch(() => {});
    }
  }

  async #readLines(): Promise<void> {
    const { lines, model } = this.#options;
    for (const text of (await lines?.lines()) ?? []) {
      const line = parseServiceLine(text);
      if (line === undefined) continue;
      if (line.msg === 'decision') {
        const { time: at, workload, current: from, replicas: to, reason, message } = line;
        model.decided({ at, workload, from, to, reason, message });
      } else if (line.outcome === 'succeeded') model.processed(line.time);
    }
  }

  #report(failure: string | undefined): void {
    if (failure !== undefined) this.#options.failed();
    if (failure !== this.#failure) this.#options.reported(failure);
    this.#failure = failure;
  }
}

/** A decision of the scaler that changed the replicas or the reason. */
export interface DecisionRecord {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly workload: string;
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
  /** The scaler's sentence, in English. */
  readonly message: string;
}

/** The age of the oldest message, and whether the broker reports it or the scaler's first sight does. */
export interface OldestWait {
  readonly seconds: number;
  readonly source: 'broker' | 'first-sight';
}

/** What the scaler reports of one workload at one instant; absent where it does not. */
export interface Reading {
  readonly workload: string;
  readonly ready?: number;
  readonly unacked?: number;
  readonly replicas?: number;
  readonly oldestWait?: OldestWait;
  /** Age of the scaler's own last good reading of the broker. */
  readonly readingAgeSeconds?: number;
}

/** What is known of a workload now. */
export interface WorkloadState extends Reading {
  readonly policy?: Policy;
  /** Oldest first. */
  readonly samples: readonly Sample[];
  /** Newest first. */
  readonly decisions: readonly DecisionRecord[];
  readonly throughput?: number;
}

/** How the source of everything is. */
export type Connection =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  /** It answered before, and does not now. */
  | { readonly kind: 'stale'; readonly message: string }
  /** It has never answered. */
  | { readonly kind: 'failed'; readonly message: string };

/** What a page shows. */
export interface BoardState {
  readonly connection: Connection;
  /** Instant of the last answer, epoch milliseconds. */
  readonly readAt?: number;
  readonly now: number;
  readonly workloads: readonly WorkloadState[];
  /** How the source of the decisions is, where it is another than that of the readings; `none` where there is not one. */
  readonly decisions?: Feed<unknown> | 'none';
  /** The cluster as its snapshots show it; absent where the board reads none. */
  readonly cluster?: Feed<ClusterHistory>;
  /** Alerts that fire; absent where the board reads no Prometheus. */
  readonly alerts?: Feed<readonly FiringAlert[]>;
  /** Errors of the last days; absent where the board reads no reports. */
  readonly errors?: Feed<readonly ReportSummary[]>;
}
