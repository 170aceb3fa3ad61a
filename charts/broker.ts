import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { BrokerKind } from '../packages/contracts/platform.ts';
import { BROKER_PORTS, type BrokerFlavor, CONFIG_PATH, flavors } from './broker-flavors.ts';
import { type Identity, labelsOf, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import { env, type FileMount, mountsOf, pod, type Resources, resources, restrictedContainer } from './pod.ts';
import { ServiceAccount } from './service-account.ts';

export interface BrokerProps extends Identity {
  /** Which broker it is. */
  readonly kind: BrokerKind;
  /** The image that runs, pinned. */
  readonly image: string;
  /** The administrator: the user's name and the Secret with `password` and `password-hash`. */
  readonly admin: { readonly username: string; readonly secret: string };
  /** The disk that the queues live on. */
  readonly volume: {
    /** For example '20Gi'. */
    readonly size: string;
    /** @default the cluster's own */
    readonly storageClassName?: string;
  };
  readonly priorityClassName: string;
  /** What the pod asks for and may use. @default 100m CPU, 512Mi, 256Mi of local disk */
  readonly resources?: Resources;
}

/** Pid files, cookies and sockets; what is worth keeping is on the volume. */
const SCRATCH_SIZE = k8s.Quantity.fromString('64Mi');

/** Seconds the broker gets to write its state before the kill. */
const STOP_SECONDS = 60;

/**
 * One broker node on a volume of its own: a StatefulSet, the Service that clients and people use, and the
 * headless one that the StatefulSet's pods are named by.
 *
 * @throws {ChartError} with every fault of the props
 */
export class Broker extends Construct {
  constructor(scope: Construct, id: string, props: BrokerProps) {
    super(scope, id);
    check(props);
    const flavor = flavors[props.kind];
    new ServiceAccount(this, 'identity', props);
    if (hasConfig(flavor)) {
      new k8s.KubeConfigMap(this, 'config', { metadata: metadataOf(props), data: { ...flavor.config } });
    }
    new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { ...metadataOf(props), labels: workloadLabels(props, props.image) },
      spec: {
        replicas: 1,
        serviceName: headlessName(props),
        selector: { matchLabels: selectorOf(props) },
        // What was queued outlives the StatefulSet: a volume is deleted by a person.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [claim(props)],
        template: template(props, flavor),
      },
    });
    this.#services(props);
  }

  #services(props: BrokerProps): void {
    const ports = Object.entries(BROKER_PORTS).map(([name, port]) => ({
      name,
      port,
      targetPort: k8s.IntOrString.fromString(name),
    }));
    const selector = selectorOf(props);
    new k8s.KubeService(this, 'service', { metadata: metadataOf(props), spec: { selector, ports } });
    const name = headlessName(props);
    new k8s.KubeService(this, 'headless', {
      // Another instance in its labels: a ServiceMonitor must find one Service, not both.
      metadata: {
        ...metadataOf(props, name),
        labels: { ...labelsOf(props), 'app.kubernetes.io/instance': name },
      },
      spec: { selector, ports, clusterIp: 'None', publishNotReadyAddresses: true },
    });
  }
}

const headlessName = ({ name }: BrokerProps): string => `${name}-headless`;

const hasConfig = ({ config }: BrokerFlavor): boolean => Object.keys(config).length > 0;

/** No version in its labels: claim templates are immutable. */
const claim = (props: BrokerProps): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name: 'data', labels: selectorOf(props) },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: k8s.Quantity.fromString(props.volume.size) } },
    ...(props.volume.storageClassName && { storageClassName: props.volume.storageClassName }),
  },
});

function template(props: BrokerProps, flavor: BrokerFlavor): k8s.PodTemplateSpec {
  const mounts: FileMount[] = hasConfig(flavor)
    ? [{ name: 'config', path: CONFIG_PATH, from: { configMap: props.name } }]
    : [];
  const checksum = createHash('sha256').update(JSON.stringify(flavor.config)).digest('hex');
  const { metadata, spec } = pod({
    ...props,
    labels: workloadLabels(props, props.image),
    mounts,
    ...(hasConfig(flavor) && { annotations: { 'checksum/config': checksum } }),
  });
  const scratch = flavor.scratchPaths.map((path) => ({
    name: path.slice(1).replaceAll('/', '-'),
    mountPath: path,
  }));
  return {
    metadata,
    spec: {
      ...spec,
      terminationGracePeriodSeconds: STOP_SECONDS,
      volumes: [
        ...(spec.volumes ?? []),
        ...scratch.map(({ name }) => ({ name, emptyDir: { sizeLimit: SCRATCH_SIZE } })),
      ],
      containers: [
        {
          ...container(props, flavor),
          volumeMounts: [{ name: 'data', mountPath: flavor.dataPath }, ...mountsOf(mounts), ...scratch],
        },
      ],
    },
  };
}

/**
 * Started means that clients can connect. Ready and alive mean that the process answers from within: the kernel
 * goes on to take connections for one that is frozen. A frozen broker is not ready after 35 s, and started anew
 * after 3 minutes: it may be busy for long without being ill, and what it is doing would be lost.
 */
export function brokerProbes(kind: BrokerKind) {
  const { port, path } = flavors[kind].answers;
  const answers = { httpGet: { path, port: k8s.IntOrString.fromString(port) }, timeoutSeconds: 5 };
  const accepts = { tcpSocket: { port: k8s.IntOrString.fromString('amqp') } };
  return {
    startupProbe: { ...accepts, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...answers, periodSeconds: 10, failureThreshold: 18 },
    readinessProbe: { ...answers, periodSeconds: 5, failureThreshold: 6 },
  };
}

function container(props: BrokerProps, { args, env: environment }: BrokerFlavor): k8s.Container {
  return {
    name: props.name,
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    ...(args.length > 0 && { args: [...args] }),
    env: env(environment(props.admin)),
    ports: Object.entries(BROKER_PORTS).map(([name, containerPort]) => ({ name, containerPort })),
    resources: resources(props.resources ?? { cpu: '100m', memory: '512Mi', ephemeralStorage: '256Mi' }),
    securityContext: restrictedContainer,
    ...brokerProbes(props.kind),
  };
}

function check({ name, namespace, kind, image, volume }: BrokerProps): void {
  new Checks(`Broker '${name}'`)
    .dnsLabel('name', name)
    .dnsLabel('namespace', namespace)
    .that(kind in flavors, `'kind' (${kind}) must be one of ${Object.keys(flavors).join(', ')}`)
    .pinnedImage('image', image)
    .that(/^[1-9]\d*[GT]i$/.test(volume.size), `'volume.size' (${volume.size}) must be such as 20Gi`)
    .done();
}
