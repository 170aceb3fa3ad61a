import type { Workload } from '@sluice/policy';
import type { Identity } from '../charts/labels.ts';
import type { Peer } from '../charts/network-policy.ts';
import type { BrokerAccess, WorkQueue } from '../charts/queue-topology.ts';

/** Who connects to whom on which port. One line is a rule at both ends, so they cannot disagree. */
export interface Connection {
  readonly from: Identity | Peer;
  readonly to: Identity | Peer;
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
}

/** A Secret that a workload expects: key -> property of its namespace's document. */
export interface ExpectedSecret {
  readonly owner: Identity;
  readonly secretName: string;
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * What an application needs of others and offers to them, as data. Who serves is built from the sum of what all
 * applications of an environment contribute, and knows none of them by name.
 */
export interface Contribution {
  /** Connections of its pods; each is named once, by whoever begins it or is scraped. */
  readonly connections?: readonly Connection[];
  /** Secrets that its pods mount. */
  readonly secrets?: readonly ExpectedSecret[];
  /** Work queues that it brings. */
  readonly queues?: readonly WorkQueue[];
  /** Users of the broker, with what each does there. */
  readonly brokerUsers?: readonly BrokerAccess[];
  /** What the scaler scales. */
  readonly scaled?: readonly Workload[];
}

/** The sum of all contributions of an environment. */
export type System = { readonly [Key in keyof Contribution]-?: NonNullable<Contribution[Key]> };
