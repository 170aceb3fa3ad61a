import type { Policy, Reason } from '@sluice/policy';
import type { FiringAlert } from '../sources/prometheus.ts';
import type { ClusterHistory } from '../sources/snapshots.ts';
import type { ReportSummary } from './errors.ts';
import type { Feed } from './feed.ts';
import type { Sample } from './history.ts';

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
