import { compileScalerConfig, type ScalerConfig } from '@sluice/policy';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ChartError, Checks } from '../packages/contracts/checks.ts';
import { scaler } from '../packages/contracts/metrics/catalogue.ts';
import { series } from '../packages/contracts/metrics/metric.ts';
import { type Identity, type Labels, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  configChecksum,
  credentialsMount,
  type FileMount,
  pod,
  type Resources,
  ServiceAccount,
  serviceContainer,
  spreadEvenly,
} from './pod.ts';
import { serviceProbes } from './probes.ts';
import { ScalerBounds } from './scaler-bounds.ts';
import { HttpService } from './worker.ts';

/** What the scaler that leads says: a follower repeats what it knew when it led. */
export const fromLeader = (selected: string): string =>
  `${selected} and on (pod) (${series(scaler.leader)} == 1)`;

interface ScalerProps extends Identity {
  /** The image that runs, pinned. */
  readonly image: string;
  /** Which queue drives which Deployment by which policy. */
  readonly config: ScalerConfig;
  /** The Secret whose key `password` is the broker user's. */
  readonly credentials: string;
  /** Files beside the password. @default none */
  readonly mounts?: readonly FileMount[];
  /** Pods, of which one leads and the others wait. @default 2 */
  readonly replicas?: number;
  readonly priorityClassName: string;
  /** What one pod asks for and may use. @default 50m CPU, 128Mi */
  readonly resources?: Resources;
}

const CONFIG_FILE = 'config.json';
const CONFIG_MOUNT: Omit<FileMount, 'from'> = { name: 'config', path: '/etc/sluice/scaler' };

/**
 * One process for many workloads: reads backlogs, decides by policy, writes /scale. Pods elect a leader by
 * a Lease; the checksum of the configuration in the pod template makes a changed one roll them.
 *
 * @throws {ChartError} with every fault of the props, or with every clause of a policy that is refused
 */
export class Scaler extends Construct {
  constructor(scope: Construct, id: string, props: ScalerProps) {
    super(scope, id);
    check(props);
    const config = scalerFile(props);
    new ServiceAccount(this, 'identity', props);
    this.#permitElection(props);
    new ScalerBounds(this, 'bounds', { ...props, workloads: props.config.workloads });
    new k8s.KubeConfigMap(this, 'config', { metadata: metadataOf(props), data: { [CONFIG_FILE]: config } });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadataOf(props), labels: workloadLabels(props, props.image) },
      spec: {
        replicas: props.replicas ?? 2,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorOf(props) },
        template: template(props, config),
      },
    });
    new HttpService(this, 'http', props);
  }

  /** A Role cannot limit a Lease by name while it is created, as ScalerBounds does; read and written it can. */
  #permitElection(props: ScalerProps): void {
    const name = `${props.name}-election`;
    const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
    new k8s.KubeRole(this, 'role', {
      metadata: metadataOf(props, name),
      rules: [
        { ...leases, verbs: ['create'] },
        { ...leases, resourceNames: [props.name], verbs: ['get', 'update'] },
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata: metadataOf(props, name),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: props.name, namespace: props.namespace }],
    });
  }
}

function check(props: ScalerProps): void {
  new Checks(`Scaler '${props.name}'`)
    .dnsLabel('name', props.name)
    .dnsLabel('namespace', props.namespace)
    .pinnedImage('image', props.image)
    .wholeNumber('replicas', props.replicas ?? 2, 1)
    .from(() => compileScalerConfig(props.config))
    .done();
}

/**
 * The text of the scaler's file.
 * @throws {ChartError} with every clause of a policy that is refused
 */
function scalerFile({ name, config }: Pick<ScalerProps, 'name' | 'config'>): string {
  const result = compileScalerConfig(config);
  const refused = result.fidelity.filter(({ fidelity }) => fidelity === 'refused');
  if (refused.length > 0)
    throw new ChartError(
      `Scaler '${name}'`,
      refused.map(({ why }) => why),
    );
  return `${JSON.stringify(result.config, undefined, 2)}\n`;
}

/** The scaler's file in the namespace of a workload that reads the policies in it. */
export class PolicyFile extends Construct {
  /** Where it is in a container that has `mount`. */
  readonly path = `${CONFIG_MOUNT.path}/${CONFIG_FILE}`;
  readonly mount: FileMount;
  /** Of the pods that read it, so that a changed one makes them roll. */
  readonly annotations: Labels;

  constructor(scope: Construct, id: string, props: Identity & Pick<ScalerProps, 'config'>) {
    super(scope, id);
    const name = `${props.name}-policies`;
    const text = scalerFile(props);
    this.mount = { ...CONFIG_MOUNT, from: { configMap: name } };
    this.annotations = configChecksum(text);
    new k8s.KubeConfigMap(this, 'config', {
      metadata: metadataOf(props, name),
      data: { [CONFIG_FILE]: text },
    });
  }
}

function template(props: ScalerProps, config: string): k8s.PodTemplateSpec {
  const mounts = [
    credentialsMount(props.credentials),
    ...(props.mounts ?? []),
    { ...CONFIG_MOUNT, from: { configMap: props.name } },
  ];
  const labels = workloadLabels(props, props.image);
  const { metadata, spec } = pod({
    ...props,
    labels,
    mounts,
    apiToken: true,
    annotations: configChecksum(config),
  });
  return {
    metadata,
    spec: {
      ...spec,
      terminationGracePeriodSeconds: 30,
      topologySpreadConstraints: spreadEvenly(props),
      containers: [
        {
          ...serviceContainer({
            ...props,
            environment: {
              CONFIG_FILE: `${CONFIG_MOUNT.path}/${CONFIG_FILE}`,
              LEASE_NAME: props.name,
              LEASE_NAMESPACE: { field: 'metadata.namespace' },
              POD_NAME: { field: 'metadata.name' },
            },
            resources: props.resources ?? { cpu: '50m', memory: '128Mi' },
            mounts,
          }),
          ...serviceProbes,
        },
      ],
    },
  };
}
