import type { ClusterLike, MachineLike } from './machine.ts';
import type { BootstrapInput } from './wanted.ts';

/** Where a step runs: the desired state, the machine and the cluster. */
export interface At {
  readonly wanted: BootstrapInput;
  readonly machine: MachineLike;
  readonly cluster: ClusterLike;
}

/** One thing that a new cluster needs before Argo CD can do the rest. */
export interface Step {
  readonly title: string;
  /** What it would do, one line each, from the desired state and this machine alone. */
  plan(wanted: BootstrapInput, machine: MachineLike): readonly string[];
  /** Looks whether nothing is left to do. */
  done(at: At): Promise<boolean>;
  /** Does what is left; also after an earlier run was stopped in the middle of it. */
  run(at: At): Promise<void>;
}
