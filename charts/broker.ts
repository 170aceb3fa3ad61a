import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { BrokerKind } from '../packages/contracts/platform.ts';
import { BROKER_TLS_PATH, type BrokerFlavor, brokerKinds, CONFIG_PATH, flavorOf } from './broker-flavors.ts';
import { type Identity, labelsOf, metadataOf, selectorOf, workloadLabels } from './labels.ts';
import {
  env,
  type FileMount,
  mountsOf,
  pod,
  type Resources,
  resources,
  restrictedContainer,
  ServiceAccount,
} from './pod.ts';
import { startsWithin } from './probes.ts';
import { pageBackendOf } from './shared-page.ts';

/** Between two looks at the file, seconds; the kubelet itself writes a changed Secret within about a minute. */
const LOOK_SECONDS = 10;

/**
 * Sends SIGHUP to a process whose certificate has changed, once for each change, and never at the first look that finds
 * the process: one that has just begun may be ended by a signal that it does not listen to yet. It runs until it is ended.
 * @param processName As in /proc/PID/comm
 * @param directory Holds tls.crt
 */
export const reloadScript = (
  processName: string,
  directory: string = BROKER_TLS_PATH,
  lookSeconds = LOOK_SECONDS,
): string => `last= seen=
while sleep ${lookSeconds}; do
  now=$(cksum < ${directory}/tls.crt) || continue
  [ "$now" = "$last" ] && continue
  found=
  for process in /proc/[0-9]*; do
    name=
    read -r name 2>/dev/null < "$process/comm"
    [ "$name" = ${processName} ] || continue
    found="$found $process "
    case "$seen" in *" $process "*) ;; *) continue ;; esac
    kill -HUP "\${process#/proc/}" && last=$now && echo "told ${processName} of its certificate"
  done
  seen=$found
done
`;

/** A container beside a broker that reads a renewed certificate only on a signal: of the broker's own image. */
const reloadContainer = (
  processName: string,
  image: string,
  mounts: readonly FileMount[],
): k8s.Container => ({
  name: 'reload',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['/bin/sh', '-c', reloadScript(processName)],
  resources: resources({ cpu: '5m', memory: '16Mi', ephemeralStorage: '8Mi' }),
  securityContext: restrictedContainer,
  volumeMounts: mountsOf(mounts),
});

/** A broker: which one, its users, its disk, and whether it speaks TLS. */
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
  /** The Secret with its certificate (`tls.crt`, `tls.key`): clients then use TLS alone. @default in clear text */
  readonly tlsSecret?: string | undefined;
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
    const flavor = flavorIn(props);
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
    this.#services(props, flavor);
  }

  #services(props: BrokerProps, flavor: BrokerFlavor): void {
    const ports = Object.entries(flavor.ports).map(([name, port]) => ({
      name,
      port,
      targetPort: k8s.IntOrString.fromString(name),
    }));
    const selector = selectorOf(props);
    // Only a page is reached by it from outside: Traefik's annotations hold for that one port.
    const annotations = flavor.secure.management ? { annotations: { ...pageBackendOf(props) } } : {};
    new k8s.KubeService(this, 'service', {
      metadata: { ...metadataOf(props), ...annotations },
      spec: { selector, ports },
    });
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

const flavorIn = ({ kind, tlsSecret }: Pick<BrokerProps, 'kind' | 'tlsSecret'>): BrokerFlavor =>
  flavorOf(kind, tlsSecret !== undefined);

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
  const certificate: FileMount[] =
    props.tlsSecret === undefined
      ? []
      : [{ name: 'tls', path: BROKER_TLS_PATH, from: { secret: props.tlsSecret } }];
  const mounts: FileMount[] = [
    ...(hasConfig(flavor) ? [{ name: 'config', path: CONFIG_PATH, from: { configMap: props.name } }] : []),
    ...certificate,
  ];
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
      ...(flavor.reloads !== undefined && { shareProcessNamespace: true }),
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
        ...(flavor.reloads === undefined ? [] : [reloadContainer(flavor.reloads, props.image, certificate)]),
      ],
    },
  };
}

/**
 * Started means that clients can connect. Ready and alive mean that the process answers from within: the kernel
 * goes on to take connections for one that is frozen. A frozen broker is not ready after 35 s, and restarted
 * after 3 minutes: it may be busy for long without being ill, and what it is doing would be lost.
 */
export function brokerProbes({ answers: { port, path }, secure }: BrokerFlavor) {
  // The kubelet asks by the pod's address and so verifies no certificate.
  const scheme = secure[port] ? { scheme: 'HTTPS' } : {};
  const httpGet = { path, port: k8s.IntOrString.fromString(port), ...scheme };
  const answers = { httpGet, timeoutSeconds: 5 };
  const accepts = { tcpSocket: { port: k8s.IntOrString.fromString('amqp') } };
  return {
    startupProbe: { ...accepts, ...startsWithin(2) },
    livenessProbe: { ...answers, periodSeconds: 10, failureThreshold: 18 },
    readinessProbe: { ...answers, periodSeconds: 5, failureThreshold: 6 },
  };
}

function container(props: BrokerProps, flavor: BrokerFlavor): k8s.Container {
  const { args, env: environment, ports } = flavor;
  return {
    name: props.name,
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    ...(args.length > 0 && { args: [...args] }),
    env: env(environment(props.admin)),
    ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
    resources: resources(props.resources ?? { cpu: '100m', memory: '512Mi', ephemeralStorage: '256Mi' }),
    securityContext: restrictedContainer,
    ...brokerProbes(flavor),
  };
}

function check({ name, namespace, kind, image, volume }: BrokerProps): void {
  new Checks(`Broker '${name}'`)
    .dnsLabel('name', name)
    .dnsLabel('namespace', namespace)
    .that(brokerKinds.includes(kind), `'kind' (${kind}) must be one of ${brokerKinds.join(', ')}`)
    .pinnedImage('image', image)
    .that(/^[1-9]\d*[GT]i$/.test(volume.size), `'volume.size' (${volume.size}) must be such as 20Gi`)
    .done();
}
