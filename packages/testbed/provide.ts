/** Which provider a machine gets, and the way to a cluster for tests and the command line. */

import {
  type Cluster,
  type ClusterOptions,
  type Provider,
  type ProviderName,
  TestbedError,
} from './cluster.ts';
import { existingProvider } from './existing/provider.ts';
import { fromSourceProvider } from './from-source/provider.ts';
import { kindProvider } from './kind/provider.ts';

/** The name of the cluster that is used where no other is named. */
export const defaultName = 'sluice';

/** In order of preference. */
const providers: readonly Provider[] = [existingProvider, kindProvider, fromSourceProvider];

/** @returns the named provider, or the first that can be used here. @throws TestbedError with every reason */
export async function chooseProvider(name?: ProviderName): Promise<Provider> {
  const reasons: string[] = [];
  for (const provider of providers.filter((one) => name === undefined || one.name === name)) {
    const reason = await provider.unavailable();
    if (reason === undefined) return provider;
    reasons.push(`${provider.name}: ${reason}`);
  }
  throw new TestbedError(`no cluster can be had here:\n${reasons.join('\n')}`);
}

/** Brings a cluster up, or takes the running one of that name. */
export async function openCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const name = options.name ?? defaultName;
  if (!/^[a-z][a-z0-9-]{0,20}$/.test(name))
    throw new TestbedError(
      `'name' (${name}) must be 1-21 lower-case letters, digits or dashes, a letter first`,
    );
  return (await chooseProvider(options.provider)).up({ ...options, name });
}

/** @returns the running cluster of that name, whichever provider runs it */
export async function findCluster(name = defaultName): Promise<Cluster | undefined> {
  for (const provider of providers) {
    if ((await provider.unavailable()) !== undefined) continue;
    const cluster = await provider.find(name);
    if (cluster !== undefined) return cluster;
  }
  return undefined;
}

/** Removes what every provider has of that name. Idempotent. */
export async function closeCluster(name = defaultName): Promise<void> {
  for (const provider of providers) {
    if ((await provider.unavailable()) === undefined) await provider.down(name);
  }
}
