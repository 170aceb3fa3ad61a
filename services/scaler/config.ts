// biome-ignore lint/style/noRestrictedImports: the file is configuration and holds no secret
import { readFileSync } from 'node:fs';
import { FaultsError, parseScalerConfig, type ScalerConfig } from '@sluice/policy';
import { ConfigError, optionalText, readFaultOf, serviceFields, text } from '@sluice/runtime';
import * as z from 'zod';
import type { LeaseName } from './lease/kube-lease.ts';

/** The scaler's environment. */
export const environment = z.object({
  CONFIG_FILE: text('Path of the declarative file: JSON, compiled from the policies.'),
  LEASE_NAME: optionalText('Name of the Lease that elects who acts; without it this process always acts.'),
  LEASE_NAMESPACE: optionalText('Namespace of the Lease.'),
  POD_NAME: optionalText("Signs the Lease and the Events; without it the host's name."),
  ...serviceFields,
});

/** The scaler's file, and its Lease where it has one. */
export interface Settings {
  readonly file: ScalerConfig;
  readonly lease: LeaseName | undefined;
}

/**
 * What the environment names, read.
 * @throws {ConfigError} with every fault of the file and of the Lease
 */
export function settingsOf(config: z.output<typeof environment>): Settings {
  const read = readConfigFile(config.CONFIG_FILE);
  const file = 'file' in read ? read.file : undefined;
  const { LEASE_NAME: name, LEASE_NAMESPACE: namespace } = config;
  const faults = [...('faults' in read ? read.faults : []), ...leaseFaults(name, namespace, file)];
  if (file === undefined || faults.length > 0) throw new ConfigError(faults);
  return { file, lease: name === undefined || namespace === undefined ? undefined : { name, namespace } };
}

/** The file's content, or every fault of it. */
function readConfigFile(path: string): { file: ScalerConfig } | { faults: readonly string[] } {
  try {
    return { file: parseScalerConfig(JSON.parse(readFileSync(path, 'utf8'))) };
  } catch (error) {
    if (error instanceof FaultsError) return { faults: error.faults };
    return {
      faults: [`'CONFIG_FILE' (${path}) must be a JSON file that can be read: ${readFaultOf(error)}`],
    };
  }
}

function leaseFaults(name?: string, namespace?: string, file?: ScalerConfig): string[] {
  if (name === undefined && namespace === undefined) return [];
  const absent = Object.entries({ LEASE_NAME: name, LEASE_NAMESPACE: namespace })
    .filter(([, value]) => value === undefined)
    .map(([key]) => `'${key}' must be set where a Lease is named`);
  const local = file?.workloads.filter(({ target }) => target.kind === 'process') ?? [];
  return [
    ...absent,
    ...local.map((it) => `'LEASE_NAME' (${name}) must be absent where '${it.name}' runs local processes`),
  ];
}
