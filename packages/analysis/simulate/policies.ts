import type { Policy } from '@sluice/policy';
import type { Files } from '../../manifests/manifests.ts';
import { parser, snapshotOf } from '../../manifests/objects.ts';
import { scalerConfigsOf } from '../../manifests/scaler-configs.ts';

/** How one workload scales, as its scaler's configuration says. */
export interface RenderedPolicy {
  readonly environment: string;
  /** The workload's name. */
  readonly workload: string;
  readonly pollSeconds: number;
  readonly policy: Policy;
}

/**
 * The policies that follow a backlog, in the scaler configurations of files below dist/. Other files are not looked at: they may be of a
 * time when something else of them was otherwise.
 * @param label What people call the revision.
 * @throws {ConfigurationError} for a policy that this checkout cannot read
 */
export function policiesOf(label: string, files: Files): RenderedPolicy[] {
  const configMaps = new Map([...files].filter(([path]) => /(^|\/)configmap-[^/]*$/.test(path)));
  const { objects } = snapshotOf(label, configMaps, parser(), 'simulate');
  return scalerConfigsOf('simulate', objects.values()).flatMap(({ configMap, config }) =>
    config.workloads
      .filter(({ source }) => source.kind !== 'clock')
      .map(({ name, policy }) => ({
        environment: configMap.environment,
        workload: name,
        pollSeconds: config.pollSeconds,
        policy,
      })),
  );
}
