/** What every provider of a test cluster gives: the one interface tests and the command line know. */
import type { Output, RunOptions } from './lib/run.ts';

export type ProviderName = 'existing' | 'kind' | 'from-source';

/** A Kubernetes object as data; the API server is what validates it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** A running cluster, whoever runs it. */
export interface Cluster {
  readonly name: string;
  readonly provider: ProviderName;
  /** Path of a kubeconfig with cluster-admin rights that works from this machine's own network. */
  readonly kubeconfig: string;
  /** Runs kubectl against the cluster; rejects with CommandError on a non-zero exit. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<Output>;
  /**
   * Runs a command of this machine in the node's network, where pod and Service addresses answer
   * (`existing`: in this machine's own network: nothing better is known).
   */
  exec(command: readonly string[], options?: RunOptions): Promise<Output>;
  /** Makes every image in an OCI archive available to the nodes (imagePullPolicy: IfNotPresent). */
  image(archive: string): Promise<void>;
  /** Server-side apply with strict field validation. */
  apply(objects: readonly KubernetesObject[]): Promise<void>;
  /** Ends the cluster and everything that was started for it (`existing`: forgets it). */
  stop(): Promise<void>;
}

/** Which cluster is wanted, and what it has. */
export interface ClusterOptions {
  /** One cluster a name; also names its network namespace and cgroup. @default 'sluice' */
  readonly name?: string;
  /** @default existing where KUBECONFIG is set, kind where Docker answers, else from-source */
  readonly provider?: ProviderName;
  /** Simulated nodes beside the real one. @default 0 */
  readonly kwokNodes?: number;
  /** Do not ask before changing a cluster that is not of the testbed. @default false */
  readonly yes?: boolean;
}

/** One way to get a cluster. */
export interface Provider {
  readonly name: ProviderName;
  /** Why it cannot be used here; undefined where it can. */
  unavailable(): Promise<string | undefined>;
  /** Brings the cluster up, or takes the one that already runs. */
  up(options: ClusterOptions & { readonly name: string }): Promise<Cluster>;
  /** @returns the running cluster of that name */
  find(name: string): Promise<Cluster | undefined>;
  /** Removes everything of that name; also what a crash left behind. Idempotent. */
  down(name: string): Promise<void>;
}

/** The test cluster cannot do what was asked; the message says what would help. */
export class TestbedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TestbedError';
  }
}
