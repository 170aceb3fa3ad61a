import type { FaultRun } from './fault-run.ts';

/** One fault, as data: adding one is one row of `scenarios`. */
export interface Scenario {
  /** In the table, and for vitest's `-t`. */
  readonly name: string;
  /** @default 200 */
  readonly jobs?: number;
  /** What one job takes. @default 0.15 */
  readonly workSeconds?: number;
  /** Publishing takes some seconds, so that the fault meets it. @default false */
  readonly slowPublisher?: boolean;
  /** Before anything is published. */
  readonly before?: (run: FaultRun) => Promise<void>;
  /** When the fault begins: resolves then. @default when 20 jobs are done */
  readonly when?: (run: FaultRun) => Promise<void>;
  /** Begins the fault. */
  readonly inject: (run: FaultRun) => Promise<void> | void;
  /** Seconds until it is ended. @default 0 */
  readonly lasts?: number;
  /** Ends the fault. */
  readonly heal?: (run: FaultRun) => Promise<void> | void;
  /** The broker throws away what it has confirmed: that is shown, and counts as no loss of ours. */
  readonly brokerDrops?: true;
}

/** One row of the table. */
export interface FaultRow {
  readonly scenario: string;
  readonly confirmed: number;
  readonly done: number;
  readonly parked: number;
  /** Thrown away by the broker, where the scenario says that it does. */
  readonly dropped: number;
  /** Confirmed, and neither done nor parked, nor dropped. */
  readonly lost: number;
  /** Done more than once: at-least-once delivery. */
  readonly doubled: number;
  readonly redelivered: number;
  /** From the end of the fault to the next job that was done, seconds; 0 when none was left. */
  readonly recoverSeconds: number;
  /** The counts that the scaler decided, in order. */
  readonly replicas: string;
  /** Messages in the work queue and its retry queue at the end. */
  readonly messages: number;
  /** Processes that outlive the stop of the system. */
  readonly processes: number;
}
