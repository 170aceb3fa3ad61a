import {
  type ClauseFidelity,
  type CompiledHpa,
  type CompiledKeda,
  compileHpa,
  compileKeda,
  compileScalerConfig,
  type HpaWorkload,
  type KedaCluster,
  type KedaWorkload,
  refusals,
  type Workload,
} from '@sluice/policy';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Checks } from '../packages/contracts/checks.ts';
import { type Identity, labelsOf } from './labels.ts';
import { ScalePermission, type ScalePermissionProps } from './permissions.ts';

/** Who can own a replica count: the own scaler, an HPA on a metric of prometheus-adapter, or KEDA. */
export const SCALERS = ['own', 'hpa', 'keda'] as const;
export type ScalerKind = (typeof SCALERS)[number];

/** On an HPA or a ScaledObject, the policy that it was compiled from, which cannot be read back: `{ workload, policy }`. */
export const POLICY_ANNOTATION = 'sluice.dev/policy';

/** One workload and who owns its replica count. */
export type Scaled =
  | { readonly scaler: 'own'; readonly workload: Workload }
  | { readonly scaler: 'hpa'; readonly workload: HpaWorkload }
  | {
      readonly scaler: 'keda';
      readonly workload: KedaWorkload;
      readonly cluster: Pick<KedaCluster, 'pollSeconds' | 'credentials'>;
    };

/** What of an environment decides what its scalers can do. */
export interface ScalingGround {
  /** Its Kubernetes minor, for example '1.36': from 1.37 on an HPA goes to 0. */
  readonly kubernetes: string;
  /** What it has installed. */
  readonly addons: readonly string[];
}

type Hpa = Extract<Scaled, { scaler: 'hpa' }>;
type Keda = Extract<Scaled, { scaler: 'keda' }>;
type Version = Pick<ScalingGround, 'kubernetes'>;

/** The HPA of a workload, and the rule that prometheus-adapter needs for it. */
export const compiledHpa = ({ workload }: Hpa, { kubernetes }: Version): CompiledHpa =>
  compileHpa(workload, { kubernetes });

const compiledKeda = ({ workload, cluster }: Keda, { kubernetes }: Version): CompiledKeda =>
  compileKeda(workload, { kubernetes, ...cluster });

/** How well each clause of a policy is kept by the scaler that was chosen. @throws {ScalerConfigError} */
export function fidelityOf(scaled: Scaled, ground: Version): readonly ClauseFidelity[] {
  if (scaled.scaler === 'hpa') return compiledHpa(scaled, ground).fidelity;
  if (scaled.scaler === 'keda') return compiledKeda(scaled, ground).fidelity;
  // How often it reads changes no clause.
  return compileScalerConfig({ pollSeconds: 1, workloads: [scaled.workload] }).fidelity;
}

/** What the own scaler is to follow. */
export const ownWorkloads = (all: readonly Scaled[]): readonly Workload[] =>
  all.flatMap((one) => (one.scaler === 'own' ? [one.workload] : []));

/** Who owns a workload's replica count: the own scaler, an HPA or KEDA. */
export interface ReplicaOwnerProps extends Identity {
  readonly scaled: Scaled;
  readonly kubernetes: string;
  /** Who runs the own scaler. */
  readonly ownScaler: ScalePermissionProps['to'];
}

/**
 * What stands beside a workload so that its replica count has an owner: the own scaler's permission, an HPA, or a
 * ScaledObject with its login at the broker.
 * @throws {ScalerConfigError} with every fault of the workload; a refused clause is `checkScaling`'s
 */
export class ReplicaOwner extends Construct {
  constructor(scope: Construct, id: string, props: ReplicaOwnerProps) {
    super(scope, id);
    const { scaled, ownScaler, ...identity } = props;
    if (scaled.scaler === 'own') {
      new ScalePermission(this, 'grant', { ...identity, to: ownScaler });
      return;
    }
    const { manifests } = scaled.scaler === 'hpa' ? compiledHpa(scaled, props) : compiledKeda(scaled, props);
    const { name, policy } = scaled.workload;
    const annotations = { [POLICY_ANNOTATION]: JSON.stringify({ workload: name, policy }) };
    for (const { metadata, ...manifest } of manifests)
      new ApiObject(this, manifest.kind.toLowerCase(), {
        ...manifest,
        metadata: {
          ...{ ...metadata, labels: labelsOf(identity) },
          ...(manifest.kind !== 'TriggerAuthentication' && { annotations }),
        },
      });
  }
}

/** What a choice cannot do without. */
const NEEDS: Readonly<Record<ScalerKind, (scaled: Scaled) => readonly string[]>> = {
  own: () => [],
  hpa: () => ['prometheus-adapter'],
  keda: ({ workload: { source } }) =>
    source.kind === 'prometheus' ? ['keda', 'kube-prometheus-stack'] : ['keda'],
};

/**
 * Checks the scalers of one environment: only all of them together show which of them conflict. A refused clause is a
 * fault with its sentence, as is a choice whose addon is not installed.
 */
export function checkScaling(all: readonly Scaled[], ground: ScalingGround, checks: Checks): void {
  checkAdapters(all, checks);
  for (const one of all) {
    const { scaler, workload } = one;
    for (const addon of NEEDS[scaler](one).filter((name) => !ground.addons.includes(name)))
      checks.that(false, `'scaler' (${scaler}) of '${workload.name}' needs the addon ${addon}`);
    // The own scaler's file is checked as a whole, by the construct that writes it.
    if (scaler !== 'own')
      checks.from(() => {
        for (const refusal of refusals(fidelityOf(one, ground))) checks.that(false, refusal);
      });
  }
}

/** Both claim one APIService: the one that came last wins, and every HPA on the other turns <unknown>. */
function checkAdapters(all: readonly Scaled[], checks: Checks): void {
  const names = (scaler: ScalerKind) =>
    all.filter((one) => one.scaler === scaler).map(({ workload }) => `'${workload.name}'`);
  const [hpas, kedas] = [names('hpa'), names('keda')];
  checks.that(
    hpas.length === 0 || kedas.length === 0,
    `'scaler' must not be hpa (${hpas.join(', ')}) and keda (${kedas.join(', ')}) in one environment: prometheus-adapter and KEDA both serve v1beta1.external.metrics.k8s.io, and a cluster has one`,
  );
}
