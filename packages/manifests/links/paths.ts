import { type DesiredObject, type Fields, isFields, titleOf, valueAt } from '../objects.ts';
import { listAt, podLabelsOf } from '../references.ts';
import { broken, type End, outside } from './links.ts';
import { type ObjectIndex, plain } from './object-index.ts';
import { selects } from './selection.ts';

/** One side of a connection: pods by their labels. */
export interface Pods {
  readonly namespace: string | undefined;
  readonly labels: Fields;
}

/** A port as NetworkPolicies see it: that of the pods that are reached. */
export interface PodPort {
  readonly number: number | undefined;
  readonly name?: string | undefined;
  readonly protocol: string;
}

/** What stops a connection between pods: the policies of the side that does not let it through. */
export interface Cut {
  readonly side: 'out of' | 'into';
  /** The policies that select the pods; none of them allows the connection. */
  readonly policies: readonly DesiredObject[];
}

/**
 * Whether NetworkPolicies let pods reach others: the egress of the one and the ingress of the other.
 * @returns undefined where they do
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
function cutBetween(from: Pods, to: Pods, port: PodPort, world: ObjectIndex): Cut | undefined {
  const out = closing('Egress', from, to, port, world);
  if (out.length > 0) return { side: 'out of', policies: out };
  const into = closing('Ingress', to, from, port, world);
  return into.length > 0 ? { side: 'into', policies: into } : undefined;
}

/**
 * A broken end where NetworkPolicies stop a connection to one of the workloads behind a Service.
 * @param from Who connects, and how a report calls it.
 */
export function stopped(
  from: Pods & { readonly title: string },
  service: DesiredObject,
  port: number | undefined,
  world: ObjectIndex,
): End | undefined {
  for (const { workload, pods, port: open } of behind(service, port, world)) {
    const cut = cutBetween(from, pods, open, world);
    if (cut === undefined) continue;
    const names = cut.policies.map(titleOf).join(', ');
    const on = open.number ?? open.name ?? port;
    return broken(
      cut.side === 'into'
        ? `${names} lets nothing of ${from.title} into ${titleOf(workload)} on port ${on}`
        : `${names} lets ${from.title} not out to ${titleOf(workload)} on port ${on}`,
      [...cut.policies, workload],
    );
  }
  return undefined;
}

/** Whether the policies of a side let it ask any DNS; undefined where none selects it. */
export function dnsEnd(from: Pods, world: ObjectIndex): End | undefined {
  const policies = world
    .policiesOf(from.namespace, from.labels)
    .filter((policy) => isAbout(policy, 'Egress'));
  if (policies.length === 0) return undefined;
  const rules = policies.flatMap((policy) => listAt(policy.fields, ['spec', 'egress']));
  const asks = rules.some((rule) => {
    const ports = listAt(rule, ['ports']);
    return ports.length === 0 || ports.some((port) => isPort(port, DNS_PORT));
  });
  return asks
    ? outside('the DNS of the cluster')
    : broken(`${policies.map(titleOf).join(', ')} lets it ask no DNS`, policies);
}

/** The policies that select pods, where not one of them lets the other side through. */
function closing(
  type: 'Ingress' | 'Egress',
  self: Pods,
  peer: Pods,
  port: PodPort,
  world: ObjectIndex,
): readonly DesiredObject[] {
  const policies = world.policiesOf(self.namespace, self.labels).filter((policy) => isAbout(policy, type));
  const field = type === 'Ingress' ? 'ingress' : 'egress';
  const rules = policies.flatMap((policy) =>
    listAt(policy.fields, ['spec', field]).map((rule) => ({ policy, rule })),
  );
  return rules.some(({ policy, rule }) => allows(policy, rule, peer, port, world)) ? [] : policies;
}

function isAbout({ fields }: DesiredObject, type: string): boolean {
  const types = valueAt(fields, ['spec', 'policyTypes']);
  const hasEgress = listAt(fields, ['spec', 'egress']).length > 0;
  const all = Array.isArray(types) ? types : ['Ingress', ...(hasEgress ? ['Egress'] : [])];
  return all.includes(type);
}

/** A rule without peers or without ports allows all of them. */
function allows(
  policy: DesiredObject,
  rule: unknown,
  peer: Pods,
  port: PodPort,
  world: ObjectIndex,
): boolean {
  const peers = [...listAt(rule, ['from']), ...listAt(rule, ['to'])];
  const ports = listAt(rule, ['ports']);
  return (
    (peers.length === 0 || peers.some((one) => isPeer(policy, one, peer, world))) &&
    (ports.length === 0 || ports.some((one) => isPort(one, port)))
  );
}

function isPeer(policy: DesiredObject, one: unknown, peer: Pods, world: ObjectIndex): boolean {
  const block = valueAt(one, ['ipBlock']);
  if (isFields(block)) return mayHoldPods(block);
  const spaces = valueAt(one, ['namespaceSelector']);
  const inNamespace = isFields(spaces)
    ? selects(spaces, namespaceLabels(peer.namespace, world))
    : peer.namespace === policy.namespace;
  return inNamespace && selects(valueAt(one, ['podSelector']) ?? {}, peer.labels);
}

const LARGE =
  /^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.).*\/(8|9|1[0-6])$/;

/** Which addresses pods get is not known: a large private block may be theirs, and so may everything. */
function mayHoldPods({ cidr, except }: Fields): boolean {
  const isPrivate = (one: unknown): boolean => LARGE.test(String(one));
  const isAll = cidr === '0.0.0.0/0' || cidr === '::/0';
  return isPrivate(cidr) || (isAll && !(Array.isArray(except) && except.some(isPrivate)));
}

function namespaceLabels(namespace: string | undefined, world: ObjectIndex): Fields {
  const own = valueAt(world.named('Namespace', undefined, namespace)?.fields, ['metadata', 'labels']);
  return { ...(isFields(own) ? own : {}), 'kubernetes.io/metadata.name': namespace };
}

function isPort(one: unknown, { number, name, protocol }: PodPort): boolean {
  const [port, end, wanted = 'TCP'] = ['port', 'endPort', 'protocol'].map((field) => valueAt(one, [field]));
  if (wanted !== protocol) return false;
  if (port === undefined || number === undefined) return true;
  if (typeof end === 'number' && typeof port === 'number') return number >= port && number <= end;
  return port === number || port === name;
}

/** The pods behind a Service, and the port of theirs that one of its own leads to. */
function behind(
  service: DesiredObject,
  port: number | undefined,
  world: ObjectIndex,
): readonly { readonly workload: DesiredObject; readonly pods: Pods; readonly port: PodPort }[] {
  const ports = listAt(service.fields, ['spec', 'ports']);
  const own = ports.find((one) => valueAt(one, ['port']) === port) ?? ports[0];
  const target = valueAt(own, ['targetPort']) ?? port;
  return world
    .podsIn(service.namespace, plain(valueAt(service.fields, ['spec', 'selector'])))
    .map((workload) => ({
      workload,
      pods: podsOf(workload),
      port: portOf(workload, target, String(valueAt(own, ['protocol']) ?? 'TCP')),
    }));
}

/** The pods that a workload makes. */
export const podsOf = (workload: DesiredObject): Pods => ({
  namespace: workload.namespace,
  labels: podLabelsOf(workload),
});

function portOf(workload: DesiredObject, target: unknown, protocol: string): PodPort {
  const ports = listAt(workload.fields, ['spec', 'template', 'spec', 'containers']).flatMap((one) =>
    listAt(one, ['ports']),
  );
  const open = ports.find((one) =>
    [valueAt(one, ['name']), valueAt(one, ['containerPort'])].includes(target),
  );
  const number = valueAt(open, ['containerPort']) ?? target;
  const name = valueAt(open, ['name']);
  return {
    number: typeof number === 'number' ? number : undefined,
    ...(typeof name === 'string' && { name }),
    protocol,
  };
}

const DNS_PORT: PodPort = { number: 53, protocol: 'UDP' };
