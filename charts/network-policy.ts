import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { clusterLabels, type Identity, type Labels, metadataOf, selectorOf } from './labels.ts';

/** The other end of a connection. */
export type Peer =
  | PodPeer
  | {
      readonly cidr: string;
      /** Blocks inside of it that are not meant. */
      readonly except?: readonly string[];
    };

/** Pods of one namespace: those with the labels, or every one. */
export type PodPeer = { readonly namespace: string } & (
  | { readonly podLabels: Labels }
  | { readonly everyPod: true }
);

/** Makes the ends of a connection: the pods of a workload, of a namespace, or IP addresses. */
export const peers = {
  /** The pods of a workload of this repository. */
  workload: ({ name, namespace }: Pick<Identity, 'name' | 'namespace'>): PodPeer => ({
    namespace,
    podLabels: selectorOf({ name }),
  }),
  /** Pods that someone else labels. */
  pods: (namespace: string, podLabels: Labels): PodPeer => ({ namespace, podLabels }),
  /** Every pod of a namespace. */
  everyPod: (namespace: string): PodPeer => ({ namespace, everyPod: true }),
  /** Addresses outside the pod network. */
  addresses: (cidr: string, except?: readonly string[]): Peer => ({ cidr, ...(except && { except }) }),
};

/** One edge of the connection matrix, seen from one of its ends. */
export interface Access {
  readonly peer: Peer;
  /** The port of the server. */
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
}

/** No connection reaches or leaves a pod of the namespace, unless another policy allows it. */
export class DefaultDeny extends Construct {
  constructor(scope: Construct, id: string, props: { readonly namespace: string }) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: { name: 'default-deny', namespace: props.namespace, labels: { ...clusterLabels } },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}

/** The connections of a workload, in both directions. */
export interface NetworkAccessProps extends Identity {
  /** Who may connect to its pods. */
  readonly ingress: readonly Access[];
  /** The peers that its pods may connect to. */
  readonly egress: readonly Access[];
}

/**
 * Exactly the connections a workload's pods have. Ports are numbers, because a name would be looked up
 * in the peer's pods.
 * @throws {ChartError} with every fault of the props
 */
export class NetworkAccess extends Construct {
  constructor(scope: Construct, id: string, props: NetworkAccessProps) {
    super(scope, id);
    check(props);
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: metadataOf(props),
      spec: {
        podSelector: { matchLabels: selectorOf(props) },
        policyTypes: ['Ingress', 'Egress'],
        ...withoutEmpty({
          ingress: byPeer(props.ingress).map(({ peer, ports }) => ({ from: [peer], ports })),
          egress: byPeer(props.egress).map(({ peer, ports }) => ({ to: [peer], ports })),
        }),
      },
    });
  }
}

/** The connections of pods that are selected by label. */
export interface PodAccessProps {
  /** The policy's name. */
  readonly name: string;
  /** The pods that have these connections. */
  readonly pods: PodPeer;
  readonly ingress: readonly Access[];
  readonly egress: readonly Access[];
}

/**
 * Connections of pods that a chart labels. What is between the pods of one namespace is theirs: those of an addon know
 * each other by names that change with its chart.
 * @throws {ChartError} with every fault of the props
 */
export class PodAccess extends Construct {
  constructor(scope: Construct, id: string, { name, pods, ingress, egress }: PodAccessProps) {
    super(scope, id);
    checkAccess(`PodAccess '${name}'`, [...ingress, ...egress]);
    const within = 'everyPod' in pods ? [{ podSelector: {} }] : [];
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: { name, namespace: pods.namespace, labels: { ...clusterLabels } },
      spec: {
        podSelector: 'everyPod' in pods ? {} : { matchLabels: { ...pods.podLabels } },
        policyTypes: ['Ingress', 'Egress'],
        ...withoutEmpty({
          ingress: [
            ...within.map((peer) => ({ from: [peer] })),
            ...byPeer(ingress).map(({ peer, ports }) => ({ from: [peer], ports })),
          ],
          egress: [
            ...within.map((peer) => ({ to: [peer] })),
            ...byPeer(egress).map(({ peer, ports }) => ({ to: [peer], ports })),
          ],
        }),
      },
    });
  }
}

/** The server stores an empty list as none, and so would see another change on every apply. */
const withoutEmpty = <T extends Readonly<Record<string, readonly unknown[]>>>(lists: T): Partial<T> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;

/** One rule a peer, its ports together. */
function byPeer(accesses: readonly Access[]) {
  const rules = new Map<string, { peer: k8s.NetworkPolicyPeer; ports: k8s.NetworkPolicyPort[] }>();
  for (const { peer, port, protocol = 'TCP' } of accesses) {
    const key = JSON.stringify(peer);
    const rule = rules.get(key) ?? { peer: selectorOfPeer(peer), ports: [] };
    rule.ports.push({ protocol, port: k8s.IntOrString.fromNumber(port) });
    rules.set(key, rule);
  }
  return [...rules.values()];
}

function selectorOfPeer(peer: Peer): k8s.NetworkPolicyPeer {
  if ('cidr' in peer)
    return { ipBlock: { cidr: peer.cidr, ...(peer.except && { except: [...peer.except] }) } };
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } };
  if ('everyPod' in peer) return { namespaceSelector };
  return {
    namespaceSelector,
    podSelector: { matchLabels: { ...peer.podLabels } },
  };
}

const check = ({ name, ingress, egress }: NetworkAccessProps): void =>
  checkAccess(`NetworkAccess '${name}'`, [...ingress, ...egress]);

function checkAccess(subject: string, accesses: readonly Access[]): void {
  const checks = new Checks(subject);
  for (const { peer, port } of accesses) {
    checks.that(Number.isInteger(port) && port > 0 && port < 65_536, `'port' (${port}) must be 1 to 65535`);
    if ('cidr' in peer)
      checks.that(isCidr(peer.cidr), `'cidr' (${peer.cidr}) must be an IPv4 block such as 10.0.0.0/16`);
    else if ('podLabels' in peer)
      checks.that(
        Object.keys(peer.podLabels).length > 0,
        `'podLabels' of ${peer.namespace} must not be empty: {} is every pod`,
      );
  }
  checks.done();
}

function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const bytes = address.split('.');
  return bytes.length === 4 && bytes.every((byte) => byte !== '' && Number(byte) < 256) && Number(bits) <= 32;
}
