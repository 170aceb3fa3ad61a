import { readFileSync } from 'node:fs';
import { FaultsError, parseScalerConfig, type ScalerConfig } from '@sluice/policy';
import { z } from 'zod';
import type { LeaseName } from './lease/kube-lease.ts';

const text = z.string().min(1);

/** The scaler's own environment; the README's table is checked against it. */
export const environment = {
  CONFIG_FILE: text.describe('Path of the declarative file: JSON, compiled from the policies.'),
  LEASE_NAME: text
    .optional()
    .describe('Name of the Lease that elects who acts; without it this process always acts.'),
  LEASE_NAMESPACE: text.optional().describe('Namespace of the Lease.'),
  POD_NAME: text.optional().describe('Signs the Lease and the Events.'),
};

export interface Named {
  readonly LEASE_NAME?: string | undefined;
  readonly LEASE_NAMESPACE?: string | undefined;
  readonly POD_NAME?: string | undefined;
}

/** Faults that span several variables, or variables and the file. */
export function crossFaults(named: Named, config: ScalerConfig | undefined): readonly string[] {
  const group = ['LEASE_NAME', 'LEASE_NAMESPACE', 'POD_NAME'] as const;
  if (named.LEASE_NAME === undefined && named.LEASE_NAMESPACE === undefined) return [];
  const absent = group.filter((name) => named[name] === undefined);
  const faults = absent.map((name) => `'${name}' is needed where a Lease is named (${group.join(', ')})`);
  for (const { name, target } of config?.workloads ?? []) {
    if (target.kind !== 'process') continue;
    faults.push(
      `'LEASE_NAME' (${named.LEASE_NAME}) must be absent where workload '${name}' runs local processes`,
    );
  }
  return faults;
}

export const leaseOf = ({ LEASE_NAME: name, LEASE_NAMESPACE: namespace }: Named): LeaseName | undefined =>
  name === undefined || namespace === undefined ? undefined : { name, namespace };

/** The file's content, or every fault of it. */
export function readConfigFile(path: string): { config: ScalerConfig } | { faults: readonly string[] } {
  try {
    return { config: parseScalerConfig(JSON.parse(readFileSync(path, 'utf8'))) };
  } catch (error) {
    if (error instanceof FaultsError) return { faults: error.faults };
    const why = error instanceof Error ? error.message : String(error);
    return { faults: [`'CONFIG_FILE' (${path}) must be a JSON file that can be read: ${why}`] };
  }
}
