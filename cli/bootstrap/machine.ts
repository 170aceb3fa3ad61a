/** What bootstrap uses of this machine, and of a cluster: the seams at which its tests watch. */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type Cluster, type ProviderName, TestbedError } from '../../packages/testbed/cluster.ts';
import { type Output, type RunOptions, run } from '../../packages/testbed/lib/run.ts';
import { chooseProvider, openCluster } from '../../packages/testbed/provide.ts';

/** What bootstrap asks of a cluster. Whatever is secret goes through `input`, never through the arguments. */
export type ClusterLike = Pick<Cluster, 'name' | 'provider' | 'kubectl'>;

/** Which cluster is opened, and whether it may be changed. */
export interface OpenOptions {
  readonly name: string;
  readonly provider?: ProviderName;
  /** The name of a given cluster was confirmed. */
  readonly yes: boolean;
}

/** All that bootstrapping needs of the machine that it runs on. */
export interface MachineLike {
  /** @returns the provider of a cluster here @throws {TestbedError} with every reason why there is none */
  provider(wanted?: ProviderName): Promise<ProviderName>;
  /** @returns the current context of KUBECONFIG @throws {Error} where it has none */
  context(): Promise<string>;
  open(options: OpenOptions): Promise<ClusterLike>;
  helm(args: readonly string[], options?: RunOptions): Promise<Output>;
  /** @returns a file's text, '' where there is none */
  read(path: string): string;
  /** A line of progress. */
  say(text: string): void;
  /** What was asked for. */
  print(text: string): void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  pause(milliseconds: number): Promise<unknown>;
}

/** The machine that runs the command. */
export const thisMachine: MachineLike = {
  provider: async (wanted) => (await chooseProvider(wanted)).name,
  context: async () => (await run(['kubectl', 'config', 'current-context'])).stdout.trim(),
  open: openCluster,
  helm: (args, options) => run(['helm', ...args], options),
  read: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  },
  say: (text) => process.stderr.write(`bootstrap: ${text}\n`),
  print: (text) => process.stdout.write(text),
  now: () => performance.now(),
  pause: (milliseconds) => setTimeout(milliseconds),
};

/** A step cannot be done; the message says what would help. */
export class BootstrapError extends TestbedError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BootstrapError';
  }
}
