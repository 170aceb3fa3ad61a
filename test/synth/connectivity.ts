import type { Environment } from '../../environments/environment.ts';
import { environments } from '../../environments/index.ts';
import { containersOf, objectsIn, selects, workloadsOf } from './dist.ts';
import type { ObjectOf, PolicyPeer, PolicyRule } from './shapes.ts';

/** One end of a possible connection: a pod, or an address outside the pod network. */
export interface End {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly address?: string;
  /** It opens no connection by itself, or the same as every pod of its namespace. @default false */
  readonly servesOnly?: true;
  /** Ports something listens on. */
  readonly ports: readonly Port[];
}

interface Port {
  readonly port: number;
  readonly protocol: string;
}

const tcp = (...ports: number[]): Port[] => ports.map((port) => ({ port, protocol: 'TCP' }));
const named = (name: string) => ({ 'app.kubernetes.io/name': name });

/** Ports that exist on every machine of the network, for those who must not be reached there. */
const ANYTHING = tcp(22, 80, 443, 6443, 8080, 5672, 9100, 10_250, 15_672);

/** Who else is in the cluster: those who are meant to be reached or to reach, and those who are not. */
const othersBeside = (namespaces: readonly string[]): End[] => [
  {
    name: 'kube-dns',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ports: [...tcp(53), { port: 53, protocol: 'UDP' }],
  },
  { name: 'kube-system', namespace: 'kube-system', labels: {}, ports: [...ANYTHING, ...tcp(9153)] },
  ...['default', ...namespaces].map((namespace) => ({
    ...{ name: `stranger in ${namespace}`, namespace, labels: {}, ports: ANYTHING },
  })),
  { name: 'impostor', namespace: 'default', labels: named('consumer'), ports: ANYTHING },
  { name: 'internet', address: '93.184.216.34', ports: ANYTHING },
  { name: 'instance metadata', address: '169.254.169.254', ports: tcp(80), servesOnly: true },
  { name: 'pod identity agent', address: '169.254.170.23', ports: tcp(80), servesOnly: true },
];

/** Pods of charts that have connections of their own; of the rest, every pod of a namespace has the same. */
const ofCharts: readonly End[] = [
  { name: 'prometheus', namespace: 'monitoring', labels: named('prometheus'), ports: tcp(9090) },
  { name: 'grafana', namespace: 'monitoring', labels: named('grafana'), ports: tcp(3000) },
  { name: 'traefik', namespace: 'traefik', labels: named('traefik'), ports: tcp(8000, 8443, 9100) },
];

/** cert-manager's, for as long as a challenge lasts. */
const solverIn = (namespace: string): End => ({
  ...{ name: `acme-solver in ${namespace}`, namespace, ports: tcp(8089), servesOnly: true },
  labels: { 'acme.cert-manager.io/http01-solver': 'true' },
});

/** The namespaces of addons: every pod of one, on each port that a policy names and on some that none does. */
function addonEnds(environment: string): End[] {
  const policies = objectsIn(environment, 'NetworkPolicy');
  const closed = policies.filter(({ metadata }) => metadata.name === 'every-pod');
  return closed.flatMap(({ metadata: { namespace = '' }, spec }) => {
    const named = (spec.ingress ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port));
    const ports = [...new Set([...named, ...ANYTHING.map(({ port }) => port)])];
    const own = ofCharts.filter((end) => end.namespace === namespace);
    return [{ name: namespace, namespace, labels: {}, ports: tcp(...ports) }, ...own, solverIn(namespace)];
  });
}

/** Addresses inside the blocks an environment names: who may reach them is part of the matrix. */
const outsideOf = ({ apiServer, nodes }: Environment): End[] => [
  ...apiServer.map(({ cidr, port }) => ({
    ...{ name: `kube-apiserver (${cidr})`, address: firstOf(cidr), ports: tcp(port, 22) },
  })),
  { name: 'node', address: lastOf(nodes), ports: ANYTHING },
];

function podsOf(environment: string): End[] {
  return workloadsOf(environment).map((workload) => {
    const { object, template } = workload;
    const labels = template.metadata.labels ?? {};
    const ports = containersOf(workload).flatMap((each) => each.ports ?? []);
    return {
      name: labels['app.kubernetes.io/name'] ?? '',
      namespace: object.metadata.namespace ?? '',
      labels,
      ports: tcp(...ports.map(({ containerPort }) => containerPort)),
    };
  });
}

/** Every connection that a packet filter following the rendered NetworkPolicies lets through: from, to, port. */
export function connectionsIn(environment: string): string[] {
  const policies = objectsIn(environment, 'NetworkPolicy');
  const pods = podsOf(environment);
  const namespaces = [...new Set(pods.map(({ namespace = '' }) => namespace))];
  const own = [...pods, ...namespaces.map(solverIn), ...addonEnds(environment)];
  const outside = environments.filter(({ name }) => name === environment).flatMap(outsideOf);
  const ends = [...own, ...othersBeside(namespaces), ...outside];
  // What is between the pods of one addon's namespace is theirs.
  const among = new Set(addonEnds(environment).map(({ namespace }) => namespace));
  const rows = ends
    .filter(({ servesOnly = false }) => !servesOnly)
    .flatMap((from) =>
      ends
        .filter((to) => to !== from && (own.includes(from) || own.includes(to)))
        .filter(
          (to) => to.namespace === undefined || to.namespace !== from.namespace || !among.has(to.namespace),
        )
        .flatMap((to) =>
          to.ports
            .filter((port) => permits(policies, from, to, port))
            .map(({ port, protocol }) => `| ${from.name} | ${to.name} | ${port}/${protocol} |`),
        ),
    );
  return [...new Set(rows)].sort();
}

type NetworkPolicy = ObjectOf<'NetworkPolicy'>;

/** Both ends must allow it: the egress of one and the ingress of the other. */
const permits = (policies: readonly NetworkPolicy[], from: End, to: End, port: Port): boolean =>
  oneSide(policies, 'Egress', from, to, port) && oneSide(policies, 'Ingress', to, from, port);

/** An end that no policy selects is open; one that is selected needs a rule that allows it. */
function oneSide(
  policies: readonly NetworkPolicy[],
  type: 'Ingress' | 'Egress',
  self: End,
  peer: End,
  port: Port,
): boolean {
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      spec.policyTypes.includes(type) &&
      metadata.namespace === self.namespace &&
      selects(spec.podSelector.matchLabels ?? {}, self.labels),
  );
  const rules = selecting.flatMap(({ spec }) => (type === 'Ingress' ? spec.ingress : spec.egress) ?? []);
  return selecting.length === 0 || rules.some((rule) => allows(rule, peer, port));
}

/** A rule without peers or without ports allows all of them. */
const allows = ({ from, to, ports }: PolicyRule, peer: End, port: Port): boolean =>
  ((from ?? to)?.some(isPeer(peer)) ?? true) && (ports?.some(isPort(port)) ?? true);

const isPeer =
  (end: End) =>
  ({ ipBlock, namespaceSelector, podSelector }: PolicyPeer): boolean => {
    if (ipBlock) {
      const { address } = end;
      const within = (cidr: string): boolean => address !== undefined && contains(cidr, address);
      return within(ipBlock.cidr) && !(ipBlock.except ?? []).some(within);
    }
    if (end.namespace === undefined || namespaceSelector === undefined) return false;
    const labels = { 'kubernetes.io/metadata.name': end.namespace };
    return (
      selects(namespaceSelector.matchLabels, labels) && selects(podSelector?.matchLabels ?? {}, end.labels)
    );
  };

const isPort =
  (wanted: Port) =>
  ({ port, protocol }: Port): boolean =>
    port === wanted.port && protocol === wanted.protocol;

function contains(cidr: string, address: string): boolean {
  const { size, start } = blockOf(cidr);
  return start === Math.floor(toNumber(address) / size) * size;
}

function blockOf(cidr: string): { readonly start: number; readonly size: number } {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return { start: Math.floor(toNumber(base) / size) * size, size };
}

/** A machine of the block: not the address of the block itself, unless it has no other. */
function firstOf(cidr: string): string {
  const { start, size } = blockOf(cidr);
  return toAddress(start + Math.min(1, size - 1));
}

/** The machine at the other end of the block. */
function lastOf(cidr: string): string {
  const { start, size } = blockOf(cidr);
  return toAddress(start + Math.max(0, size - 2));
}

const toNumber = (address: string): number =>
  address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);

const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
