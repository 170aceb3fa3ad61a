import { api } from './api.ts';
import { consumer } from './consumer.ts';
import { inject } from './inject.ts';
import { journal } from './journal.ts';
import { process } from './process.ts';
import { publisher } from './publisher.ts';
import { query } from './query.ts';
import { transactionLoad } from './transaction-load.ts';
import type { OverridesOf } from './workload.ts';

/** The work itself. Adding a workload is a file here and a line in this list; taking both away takes all of it away. */
export const workloads = [
  // One a line, so that one comes and goes with its line.
  publisher,
  consumer,
  api,
  inject,
  process,
  journal,
  query,
  transactionLoad,
];

declare module '../../environments/environment.ts' {
  interface WorkloadOverrides extends OverridesOf<(typeof workloads)[number]> {}
}
