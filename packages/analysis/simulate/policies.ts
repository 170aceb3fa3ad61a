import { baseOf, type Policy, PolicyError, parsePolicy } from '@sluice/policy';
import { POLICY_ANNOTATION, type ScalerKind } from '../../../charts/scaling.ts';
import { ConfigurationError } from '../../contracts/checks.ts';
import type { Files } from '../../manifests/manifests.ts';
import {
  type DesiredObject,
  isFields,
  parser,
  snapshotOf,
  titleOf,
  valueAt,
} from '../../manifests/objects.ts';
import { scalerConfigsOf } from '../../manifests/scaler-configs.ts';

/** How one workload scales, as its scaler's configuration, its HPA or its ScaledObject says. */
export interface RenderedPolicy {
  readonly environment: string;
  /** The workload's name. */
  readonly workload: string;
  /** Between two readings: the own scaler's, KEDA's, or the sync period of the HPA controller. */
  readonly pollSeconds: number;
  readonly policy: Policy;
  /** Who keeps the policy. @default 'own' */
  readonly scaler?: ScalerKind;
}

/** The HPA controller's default. @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ */
const HPA_SYNC_SECONDS = 15;

/**
 * The policies that follow a backlog, in the scaler configurations, HPAs and ScaledObjects of files below dist/. Other
 * files are skipped: an older revision may hold kinds that this version cannot parse.
 * @param label What people call the revision.
 * @throws {ConfigurationError} for a policy that this checkout cannot read
 */
export function policiesOf(label: string, files: Files): RenderedPolicy[] {
  const read = new Map([...files].filter(([path]) => HOLDS_POLICY.test(path)));
  const objects = [...snapshotOf(label, read, parsed, 'simulate').objects.values()];
  return [...ownPolicies(objects), ...objects.flatMap(annotatedPolicy)];
}

/** Revisions share most of their texts. */
const parsed = parser();

const HOLDS_POLICY = /(^|\/)(configmap|horizontalpodautoscaler|scaledobject)-[^/]*$/;

const ownPolicies = (objects: readonly DesiredObject[]): RenderedPolicy[] =>
  scalerConfigsOf('simulate', objects).flatMap(({ configMap, config }) =>
    config.workloads
      .filter(({ source }) => source.kind !== 'clock')
      .map(({ name, policy }) => ({
        environment: configMap.environment,
        workload: name,
        pollSeconds: config.pollSeconds,
        policy,
      })),
  );

/** None for an HPA that follows requests or the use of resources, and for what follows the clock. */
function annotatedPolicy(object: DesiredObject): RenderedPolicy[] {
  const text = valueAt(object.fields, ['metadata', 'annotations', POLICY_ANNOTATION]);
  if (typeof text !== 'string') return [];
  const { workload, policy } = policyIn(object, text);
  if (baseOf(policy).kind === 'constant') return [];
  const interval = valueAt(object.fields, ['spec', 'pollingInterval']);
  const scaler = object.kind === 'ScaledObject' ? 'keda' : 'hpa';
  const pollSeconds = typeof interval === 'number' ? interval : HPA_SYNC_SECONDS;
  return [{ environment: object.environment, workload, pollSeconds, policy, scaler }];
}

/** @throws {ConfigurationError} with every fault of the annotation */
function policyIn(object: DesiredObject, text: string): Pick<RenderedPolicy, 'workload' | 'policy'> {
  const fault = (...faults: string[]): ConfigurationError =>
    new ConfigurationError(
      'simulate',
      faults.map((one) => `${titleOf(object)} of ${object.environment}: '${POLICY_ANNOTATION}': ${one}`),
    );
  try {
    const data: unknown = JSON.parse(text);
    if (!isFields(data) || typeof data.workload !== 'string')
      throw fault("must be an object with 'workload' and 'policy'");
    return { workload: data.workload, policy: parsePolicy(data.policy) };
  } catch (error) {
    if (error instanceof PolicyError) throw fault(...error.faults);
    if (error instanceof SyntaxError) throw fault(`must be JSON: ${error.message}`);
    throw error;
  }
}
