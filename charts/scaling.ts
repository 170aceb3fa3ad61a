import {
  type AdapterRule,
  type CompiledHpa,
  type CompiledKeda,
  compileHpa,
  compileKeda,
  compileScalerConfig,
  type HpaCluster,
  type HpaWorkload,
  type KedaCluster,
  type KedaWorkload,
  refusals,
  type ScalerConfig,
  type Workload,
} from '@sluice/policy';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, labelsOf, metadataOf } from './labels.ts';

/** One workload and who owns its replica count; made by `Scaling.scaler`, `Scaling.hpa` or `Scaling.keda`. */
export type Scaled =
  | { readonly backend: 'scaler'; readonly workload: Workload }
  | { readonly backend: 'hpa'; readonly workload: HpaWorkload; readonly cluster: HpaCluster }
  | { readonly backend: 'keda'; readonly workload: KedaWorkload; readonly cluster: KedaCluster };

export interface ScalingProps extends Identity {
  /** Seconds between two readings of the own scaler. */
  readonly pollSeconds: number;
  /** The environment's Kubernetes, for example '1.36': it decides what an HPA can keep. @default not known */
  readonly kubernetes?: string;
  /** Every scaled workload of the environment: only all of them together show who fights whom. */
  readonly workloads: readonly Scaled[];
}

/** Key of the ConfigMap with prometheus-adapter's file. */
const ADAPTER_FILE = 'config.yaml';

/**
 * Who owns which replica count in one environment. Writes the HPAs with the file of prometheus-adapter (a
 * ConfigMap named after the identity), or the ScaledObjects; the own scaler's part is `scalerConfig`, for a
 * `Scaler`.
 *
 * @throws {ChartError} with every fault: a count with two owners, two adapters for one API, a refused clause
 */
export class Scaling extends Construct {
  /** What the own scaler is to follow; undefined where it owns no count. */
  readonly scalerConfig: ScalerConfig | undefined;

  constructor(scope: Construct, id: string, props: ScalingProps) {
    super(scope, id);
    check(props);
    this.scalerConfig = scalerConfig(props);
    const hpas = props.workloads.filter((one) => one.backend === 'hpa').map(compiledHpa(props));
    const kedas = props.workloads.filter((one) => one.backend === 'keda').map(compiledKeda(props));
    for (const { manifests } of [...hpas, ...kedas])
      for (const { metadata, ...manifest } of manifests) {
        const labels = labelsOf({ ...metadata, component: 'scaler' });
        const unique = `${manifest.kind}-${metadata.namespace}-${metadata.name}`;
        new ApiObject(this, unique, { ...manifest, metadata: { ...metadata, labels } });
      }
    if (hpas.length > 0)
      this.#adapterFile(
        props,
        hpas.flatMap(({ adapterRules }) => adapterRules),
      );
  }

  /** The own scaler owns the count: every kind of policy. */
  static scaler(workload: Workload): Scaled {
    return { backend: 'scaler', workload };
  }

  /** An HPA on a metric of prometheus-adapter owns the count: proportional and drain. */
  static hpa(workload: HpaWorkload, cluster: HpaCluster = {}): Scaled {
    return { backend: 'hpa', workload, cluster };
  }

  /** KEDA owns the count. */
  static keda(workload: KedaWorkload, cluster: KedaCluster): Scaled {
    return { backend: 'keda', workload, cluster };
  }

  /** JSON is YAML. */
  #adapterFile(props: ScalingProps, externalRules: readonly AdapterRule[]): void {
    new k8s.KubeConfigMap(this, 'adapter', {
      metadata: metadataOf(props),
      data: { [ADAPTER_FILE]: `${JSON.stringify({ externalRules }, undefined, 2)}\n` },
    });
  }
}

/** What a workload says of its cluster counts before what the environment's version tells. */
const versionOf = ({ kubernetes }: ScalingProps) => (kubernetes === undefined ? {} : { kubernetes });

const compiledHpa =
  (props: ScalingProps) =>
  ({ workload, cluster }: Scaled & { backend: 'hpa' }): CompiledHpa =>
    compileHpa(workload, { ...versionOf(props), ...cluster });

const compiledKeda =
  (props: ScalingProps) =>
  ({ workload, cluster }: Scaled & { backend: 'keda' }): CompiledKeda =>
    compileKeda(workload, { ...versionOf(props), ...cluster });

function scalerConfig({ pollSeconds, workloads }: ScalingProps): ScalerConfig | undefined {
  const own = workloads.filter((one) => one.backend === 'scaler').map(({ workload }) => workload);
  return own.length === 0 ? undefined : { pollSeconds, workloads: own };
}

function check(props: ScalingProps): void {
  const checks = new Checks(`Scaling '${props.name}'`)
    .dnsLabel('name', props.name)
    .dnsLabel('namespace', props.namespace);
  checkAdapters(props.workloads, checks);
  checkUnique(props.workloads, 'a workload has one name', ({ workload }) => workload.name, checks);
  checkUnique(props.workloads, 'a replica count has one owner', targetOf, checks);
  const own = scalerConfig(props);
  if (own !== undefined) checkFidelity(checks, () => compileScalerConfig(own));
  for (const one of props.workloads) {
    if (one.backend === 'hpa') checkFidelity(checks, () => compiledHpa(props)(one));
    if (one.backend === 'keda') checkFidelity(checks, () => compiledKeda(props)(one));
  }
  checks.done();
}

/** A refused clause stops synth with its sentence. */
function checkFidelity(checks: Checks, compile: () => Pick<CompiledHpa, 'fidelity'>): void {
  checks.from(() => {
    for (const refusal of refusals(compile().fidelity)) checks.that(false, refusal);
  });
}

/** Both claim one APIService: the one that came last wins, and every HPA on the other turns <unknown>. */
function checkAdapters(workloads: readonly Scaled[], checks: Checks): void {
  const names = (backend: Scaled['backend']) =>
    workloads.filter((one) => one.backend === backend).map(({ workload }) => `'${workload.name}'`);
  const [hpas, kedas] = [names('hpa'), names('keda')];
  checks.that(
    hpas.length === 0 || kedas.length === 0,
    `'workloads' must not ask for both prometheus-adapter (${hpas.join(', ')}) and KEDA (${kedas.join(', ')}): both serve v1beta1.external.metrics.k8s.io, and a cluster has one`,
  );
}

function targetOf({ workload: { target } }: Scaled): string | undefined {
  return target.kind === 'deployment' ? `${target.namespace}/${target.name}` : undefined;
}

function checkUnique(
  workloads: readonly Scaled[],
  rule: string,
  keyOf: (scaled: Scaled) => string | undefined,
  checks: Checks,
): void {
  const firsts = new Map<string, Scaled>();
  for (const scaled of workloads) {
    const key = keyOf(scaled);
    if (key === undefined) continue;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, scaled);
    else checks.that(false, `'${key}' belongs to ${say(first)} and to ${say(scaled)}: ${rule}`);
  }
}

const say = ({ backend, workload }: Scaled): string => `'${workload.name}' (${backend})`;
