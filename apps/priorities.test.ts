import { describe, expect, it } from 'vitest';
import type { Environment } from '../environments/environment.ts';
import { ChartError } from '../packages/contracts/checks.ts';
import type { Manifest } from '../packages/manifests/manifests.ts';
import { checkPriorities } from './priorities.ts';
import { manifestsOf } from './rendering.ts';
import { applications, environments, local, systemIn } from './testing/desired-state.ts';

const manifestsIn = (environment: Environment): Manifest[] => {
  const system = systemIn(environment);
  return applications.flatMap((application) => manifestsOf(application, environment, system));
};

const wanted = manifestsIn(local);

/** The pods of one workload in another class. */
const ranking = (name: string, className: string): Manifest[] =>
  wanted.map((manifest) =>
    manifest.kind.endsWith('Set') && manifest.metadata.name === name
      ? JSON.parse(
          JSON.stringify(manifest).replace(/"priorityClassName":"\w+"/, `"priorityClassName":"${className}"`),
        )
      : manifest,
  );

function faultsOf(manifests: readonly Manifest[]): readonly string[] {
  try {
    checkPriorities(local, systemIn(local), manifests);
  } catch (error) {
    if (error instanceof ChartError) return error.faults;
    throw error;
  }
  return [];
}

describe('priorities', () => {
  it.each(environments)('of $name rank no workload above one that it connects to', (environment) => {
    const check = () => checkPriorities(environment, systemIn(environment), manifestsIn(environment));
    expect(check).not.toThrow();
  });

  it('that would let the scaler displace its broker stop synth, and say so', () => {
    const faults = faultsOf(ranking('broker', 'low'));
    expect(faults).toContain(
      "'priorityClassName' (low, 500000) of 'broker' must not be below that of 'scaler' (high, 1000000), which needs it: on a full cluster the one could displace the other, and then wait for it",
    );
    // The scaler and the topology Job are high; publisher and consumer, which are low, may need what is low.
    expect(faults.map((fault) => /that of '(\w+)'/.exec(fault)?.[1])).toEqual(['topology', 'scaler']);
  });
});
