import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Checks } from '../packages/contracts/checks.ts';
import { type Identity, type Labels, metadataOf, selectorOf } from './labels.ts';

/**
 * The identity of a workload's pods. It mounts no token by itself: the one pod that needs one says so, and
 * then the Role says what the token may do.
 */
export class ServiceAccount extends Construct {
  /** @param identity Whose it is; annotations such as a role of the cloud */
  constructor(
    scope: Construct,
    id: string,
    identity: Identity & { readonly annotations?: Readonly<Record<string, string>> | undefined },
  ) {
    super(scope, id);
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: {
        ...metadataOf(identity),
        ...(identity.annotations && { annotations: { ...identity.annotations } }),
      },
      automountServiceAccountToken: false,
    });
  }
}

/** The user that every container here runs as: above the range of an image's own system users. */
const USER_ID = 10_001;

/** Read by the owner and the pod's group: secrets are mounted for uid and fsGroup 10001. */
const SECRET_FILE_MODE = 0o440;

/** What one container asks for and may use. There is no CPU limit: throttling a job that could run has no benefit. */
export interface Resources {
  /** CPU that is reserved, for example '50m'. */
  readonly cpu: string;
  /** Memory that is reserved and may be used, for example '128Mi'. */
  readonly memory: string;
  /** Local disk that may be used: logs, temporary files. @default '64Mi' */
  readonly ephemeralStorage?: string;
}

/** Requests and limits of a container; no CPU limit, memory the same for both. */
export function resources({ cpu, memory, ephemeralStorage = '64Mi' }: Resources): k8s.ResourceRequirements {
  const both = {
    memory: k8s.Quantity.fromString(memory),
    'ephemeral-storage': k8s.Quantity.fromString(ephemeralStorage),
  };
  return { requests: { cpu: k8s.Quantity.fromString(cpu), ...both }, limits: both };
}

/** Pod Security `restricted`, the pod's half. OnRootMismatch: a large volume is not walked at every start. */
const restrictedPod: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: USER_ID,
  runAsGroup: USER_ID,
  fsGroup: USER_ID,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Pod Security `restricted`, the container's half, and a read-only root file system. */
export const restrictedContainer: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** A value, a field of the pod itself (`{ field: 'metadata.name' }`) or a key of a Secret. */
export type EnvValue =
  | string
  | { readonly field: string }
  | { readonly secret: string; readonly key: string };

/** `{ A: '1' }` -> the list of a container, in the order written. */
export const env = (values: Readonly<Record<string, EnvValue>>): k8s.EnvVar[] =>
  Object.entries(values).map(([name, value]) => ({ name, ...sourceOf(value) }));

function sourceOf(value: EnvValue): Omit<k8s.EnvVar, 'name'> {
  if (typeof value === 'string') return { value };
  if ('field' in value) return { valueFrom: { fieldRef: { fieldPath: value.field } } };
  return { valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
}

/** A Secret or a ConfigMap as files, read-only. */
export interface FileMount {
  /** The volume's name. */
  readonly name: string;
  /** Directory in the container. */
  readonly path: string;
  readonly from: { readonly secret: string } | { readonly configMap: string };
}

/** A directory of the pod that it may write to, and that goes with it. */
export interface ScratchVolume {
  /** The volume's name. */
  readonly name: string;
  /** Directory in the container. */
  readonly path: string;
  /** Most that it may hold, for example '256Mi'. */
  readonly size: string;
}

/** A volume that is claimed in the pod's namespace. */
export interface ClaimedVolume {
  /** The volume's name. */
  readonly name: string;
  /** The PersistentVolumeClaim. */
  readonly claim: string;
  /** Directory in the container. */
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
}

const claimedVolumes = (claims: readonly ClaimedVolume[]): k8s.Volume[] =>
  claims.map(({ name, claim, readOnly = false }) => ({
    name,
    persistentVolumeClaim: { claimName: claim, ...(readOnly && { readOnly }) },
  }));

const scratchVolumes = (scratch: readonly ScratchVolume[]): k8s.Volume[] =>
  scratch.map(({ name, size }) => ({ name, emptyDir: { sizeLimit: k8s.Quantity.fromString(size) } }));

const volumesOf = (mounts: readonly FileMount[]): k8s.Volume[] =>
  mounts.map(({ name, from }) =>
    'secret' in from
      ? { name, secret: { secretName: from.secret, defaultMode: SECRET_FILE_MODE } }
      : { name, configMap: { name: from.configMap } },
  );

/** The mounts of a container for its files. */
export const mountsOf = (mounts: readonly FileMount[]): k8s.VolumeMount[] =>
  mounts.map(({ name, path }) => ({ name, mountPath: path, readOnly: true }));

const CREDENTIALS_PATH = '/etc/sluice/credentials';

/** Where every service finds its own password of the broker. */
export const PASSWORD_FILE = `${CREDENTIALS_PATH}/password`;

/** The password of a Secret as a file. */
export const credentialsMount = (secret: string): FileMount => ({
  name: 'credentials',
  path: CREDENTIALS_PATH,
  from: { secret },
});

/** The key of a ConfigMap of authorities, and so the file's name. */
export const AUTHORITY_KEY = 'ca.crt';
const AUTHORITY_PATH = '/etc/sluice/authority';

/** Where every service finds the authorities that verify the broker. */
export const AUTHORITY_FILE = `${AUTHORITY_PATH}/${AUTHORITY_KEY}`;

/** The certificates of an authority as a file. */
export const authorityMount = (configMap: string): FileMount => ({
  name: 'authority',
  path: AUTHORITY_PATH,
  from: { configMap },
});

/** Annotations of pods that read their configuration once: a changed one makes them roll. */
export const configChecksum = (text: string): Labels => ({
  'checksum/config': createHash('sha256').update(text).digest('hex'),
});

/** Apart by node and by zone where there is room, together where there is none. */
export const spreadEvenly = (identity: { readonly name: string }): k8s.TopologySpreadConstraint[] =>
  ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...selectorOf(identity) } },
  }));

/** The port that every service of this repository answers /metrics, /livez and /readyz on. */
export const HTTP_PORT = 8080;
/** The name of the container port that serves HTTP. */
export const HTTP_PORT_NAME = 'http';

/** Where a container answers whether it lives and whether it can work. */
export interface ProbePaths {
  /** A page that answers 200 while the process lives. @default '/livez' */
  readonly livePath?: string;
  /** A page that answers 200 when the process can work. @default '/readyz' */
  readonly readyPath?: string;
}

/** What all pods share; a container is added by the construct. */
interface PodProps {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
  readonly priorityClassName: string;
  readonly mounts?: readonly FileMount[];
  readonly scratch?: readonly ScratchVolume[];
  readonly claims?: readonly ClaimedVolume[];
  /** Only a pod that talks to the API server gets a token. @default false */
  readonly apiToken?: boolean;
}

/** A pod template without its containers. */
export function pod(props: PodProps): { metadata: k8s.ObjectMeta; spec: Omit<k8s.PodSpec, 'containers'> } {
  const { name, labels, annotations, priorityClassName, apiToken = false } = props;
  const { mounts = [], scratch = [], claims = [] } = props;
  const volumes = [...volumesOf(mounts), ...scratchVolumes(scratch), ...claimedVolumes(claims)];
  return {
    metadata: { labels: { ...labels }, ...(annotations && { annotations: { ...annotations } }) },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: apiToken,
      enableServiceLinks: false,
      priorityClassName,
      securityContext: restrictedPod,
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

/** The one container of a service's pod. */
interface ServiceContainerProps {
  readonly name: string;
  readonly image: string;
  /** In place of the image's entrypoint and arguments. @default the image's own */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Whether it answers on a port. @default true */
  readonly http?: boolean;
  /** The port that it answers on. @default 8080 */
  readonly port?: number;
  readonly environment: Readonly<Record<string, EnvValue>>;
  readonly resources: Resources;
  readonly mounts?: readonly FileMount[];
  readonly scratch?: readonly ScratchVolume[];
  readonly claims?: readonly ClaimedVolume[];
}

/** A container of one of this repository's images: restricted, and answering on its HTTP port. Probes are added. */
export function serviceContainer(props: ServiceContainerProps): k8s.Container {
  const { name, image, command, args, environment, http = true, port = HTTP_PORT } = props;
  const { mounts = [], scratch = [], claims = [] } = props;
  const volumeMounts = [
    ...mountsOf(mounts),
    ...scratch.map(({ name, path }) => ({ name, mountPath: path })),
    ...claims.map(({ name, path, readOnly }) => ({ name, mountPath: path, ...(readOnly && { readOnly }) })),
  ];
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    env: env(environment),
    ...(http && { ports: [{ name: HTTP_PORT_NAME, containerPort: port }] }),
    resources: resources(props.resources),
    securityContext: restrictedContainer,
    ...(volumeMounts.length > 0 && { volumeMounts }),
  };
}

/** Notes what is wrong with the scratch volumes, the variables, the port and the paths of a container of any image. */
export function checkContainer(
  checks: Checks,
  props: Partial<Pick<ServiceContainerProps, 'scratch' | 'environment' | 'port'>> & ProbePaths,
): void {
  const { scratch = [], environment = {}, port = HTTP_PORT, livePath = '/', readyPath = '/' } = props;
  for (const { name, path } of scratch)
    checks
      .dnsLabel('scratch.name', name)
      .that(path.startsWith('/'), `'scratch.path' (${path}) must be absolute`);
  for (const name of Object.keys(environment))
    checks.that(
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
      `'environment' (${name}) must be a name of letters, digits and _`,
    );
  checks
    .wholeNumber('port', port, 1)
    .that(port <= 65_535, `'port' (${port}) must be at most 65535`)
    .that(/^\/\S*$/.test(livePath), `'livePath' (${livePath}) must begin with /`)
    .that(/^\/\S*$/.test(readyPath), `'readyPath' (${readyPath}) must begin with /`);
}
