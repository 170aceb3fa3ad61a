import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, wave, workloadLabels } from './labels.ts';
import {
  AUTHORITY_FILE,
  authorityMount,
  type FileMount,
  pod,
  type Resources,
  ServiceAccount,
  serviceContainer,
} from './pod.ts';
import type { QueueTopology } from './queue-topology.ts';
import { failurePolicy } from './worker.ts';

/** The Job that declares the topology on a broker. */
export interface TopologyProps extends Identity {
  /** The image that runs, pinned. */
  readonly image: string;
  /** The broker's management API, without credentials. */
  readonly managementUrl: string;
  /** The ConfigMap of the authorities that verify it over https. @default the public authorities */
  readonly authority?: string | undefined;
  /** Who declares: the user's name and the Secret whose key `password` is the user's. */
  readonly admin: { readonly username: string; readonly secret: string };
  /** The Secret with one key a user of the topology: the password. */
  readonly usersSecret: string;
  /** What stands on the broker; gets the path of each user's password file. */
  readonly topology: (passwordFile: (user: string) => string) => QueueTopology;
  /** Seconds it waits for the broker and declares. @default 120 */
  readonly deadlineSeconds?: number;
  /** Tries after the first failed one. @default 3 */
  readonly retries?: number;
  readonly priorityClassName: string;
  /** What the pod asks for and may use. @default 20m CPU, 128Mi */
  readonly resources?: Resources;
}

const USERS_PATH = '/etc/sluice/users';
const FILE = { path: '/etc/sluice/topology', name: 'topology.json' };

/**
 * The Job that declares exchanges, queues, policies and users. A Job is immutable, so its name carries a
 * hash of all it consists of: a change is a new Job, no change is the same one. It has no time to live,
 * because Argo CD would create a Job that is desired and gone again, forever.
 *
 * @throws {ChartError} with every fault of the props
 */
export class Topology extends Construct {
  constructor(scope: Construct, id: string, props: TopologyProps) {
    super(scope, id);
    const topology = props.topology((user) => `${USERS_PATH}/${user}`);
    check(props, topology);
    const data = { [FILE.name]: `${JSON.stringify(topology, undefined, 2)}\n` };
    const name = `${props.name}-${hashOf([props, data, jobSpec(props, '')])}`;
    const metadata = { ...metadataOf(props, name), annotations: wave('afterSystem') };
    new ServiceAccount(this, 'identity', props);
    new k8s.KubeConfigMap(this, 'config', { metadata: metadataOf(props, name), immutable: true, data });
    new k8s.KubeJob(this, 'job', {
      metadata: { ...metadata, labels: workloadLabels(props, props.image) },
      spec: jobSpec(props, name),
    });
  }
}

const hashOf = (parts: unknown): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);

function check(props: TopologyProps, topology: QueueTopology): void {
  const checks = new Checks(`Topology '${props.name}'`)
    .dnsLabel('name', props.name)
    .dnsLabel('namespace', props.namespace)
    .pinnedImage('image', props.image)
    .that(
      /^https?:\/\/[^@]+$/.test(props.managementUrl),
      `'managementUrl' must be http(s) and hold no credentials`,
    )
    .wholeNumber('deadlineSeconds', props.deadlineSeconds ?? 120, 1)
    .wholeNumber('retries', props.retries ?? 3, 0);
  const queues = topology.queues.map(({ name }) => name);
  for (const { queue } of topology.bindings)
    checks.that(
      queues.includes(queue),
      `'bindings' (${queue}) must name one of 'queues' (${queues.join(', ')})`,
    );
  checks.done();
}

function jobSpec(props: TopologyProps, configMap: string): k8s.JobSpec {
  const { deadlineSeconds = 120, retries = 3 } = props;
  const mounts: FileMount[] = [
    { name: 'admin', path: '/etc/sluice/admin', from: { secret: props.admin.secret } },
    { name: 'users', path: USERS_PATH, from: { secret: props.usersSecret } },
    { name: 'topology', path: FILE.path, from: { configMap } },
    ...(props.authority === undefined ? [] : [authorityMount(props.authority)]),
  ];
  const { metadata, spec } = pod({ ...props, labels: workloadLabels(props, props.image), mounts });
  return {
    // Every try and the 10, 20, 40 ... seconds between them.
    activeDeadlineSeconds: deadlineSeconds * (retries + 1) + 10 * (2 ** retries - 1),
    backoffLimit: retries,
    podFailurePolicy: failurePolicy(props.name),
    template: {
      metadata,
      spec: { ...spec, restartPolicy: 'Never', containers: [container(props, mounts, deadlineSeconds)] },
    },
  };
}

const container = (props: TopologyProps, mounts: FileMount[], deadlineSeconds: number): k8s.Container =>
  serviceContainer({
    ...props,
    environment: {
      MANAGEMENT_URL: props.managementUrl,
      MANAGEMENT_USERNAME: props.admin.username,
      MANAGEMENT_PASSWORD_FILE: '/etc/sluice/admin/password',
      ...(props.authority !== undefined && { MANAGEMENT_CA_FILE: AUTHORITY_FILE }),
      TOPOLOGY_FILE: `${FILE.path}/${FILE.name}`,
      DEADLINE_SECONDS: String(deadlineSeconds),
    },
    resources: props.resources ?? { cpu: '20m', memory: '128Mi' },
    mounts,
  });
