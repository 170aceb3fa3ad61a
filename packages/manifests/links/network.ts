import { jsonText } from '../embedded.ts';
import { type DesiredObject, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { absent, type End, type Link, outside, toObject } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
import { operatedBy } from './operators.ts';
import { portsOf } from './traffic.ts';

/** cert-manager makes a pod with it for as long as a challenge lasts. */
const isPassing = (selector: unknown): boolean =>
  valueAt(selector, ['matchLabels', 'acme.cert-manager.io/http01-solver']) !== undefined;

/** The pods that a NetworkPolicy selects, and the peers that it lets in and out. */
export function networkLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  if (from.kind !== 'NetworkPolicy') return [];
  const selector = valueAt(from.fields, ['spec', 'podSelector']);
  const pods = world.podsIn(from.namespace, selector);
  const all = [...pods, ...operatedBy(from.namespace, selector, world)];
  const about = all.length > 0 ? all.map(toObject) : [ofCharts(from, selector, world)];
  return [
    ...about.map((end): Link => ({ from, kind: 'NetworkPolicy -> pods', says: 'is about the pods of', end })),
    ...peers(from, 'ingress', pods, world),
    ...peers(from, 'egress', pods, world),
  ];
}

/** Pods of an addon, where one is installed in the namespace; those of a challenge come and go. */
function ofCharts({ namespace = '' }: DesiredObject, selector: unknown, world: ObjectIndex): End {
  return world.chartsIn(namespace).length > 0 || isPassing(selector)
    ? strangers(namespace, selector, world)
    : absent(`no pods of ${namespace} have the labels ${jsonText(selector)}`);
}

/** A port is the server's: for ingress that of the policy's own pods, for egress that of the peer. */
function peers(
  from: DesiredObject,
  direction: 'ingress' | 'egress',
  own: readonly DesiredObject[],
  world: ObjectIndex,
): Link[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  return listAt(from.fields, ['spec', direction]).flatMap((rule) => {
    const ports = [...new Set(listAt(rule, ['ports']).map((port) => valueAt(port, ['port'])))];
    return listAt(rule, [side]).flatMap((peer) => {
      const ends = peerEnds(from, peer, world);
      const says = `lets ${direction === 'ingress' ? 'in' : 'out'} on ${ports.join(', ') || 'every port'} ${side}`;
      return ends.map((end): Link => {
        const servers = direction === 'ingress' ? own : end.kind === 'object' ? [end.object] : [];
        return { from, kind: 'NetworkPolicy -> peer', says, end: closed(servers, ports) ?? end };
      });
    });
  });
}

/** Broken where a port is allowed on which none of the servers listens. */
function closed(servers: readonly DesiredObject[], ports: readonly unknown[]): End | undefined {
  const open = servers.flatMap(portsOf).flatMap(({ name, containerPort }) => [name, containerPort]);
  const missing = servers.length === 0 ? [] : ports.filter((port) => !open.includes(port));
  const names = servers.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  return missing.length > 0
    ? absent(`no container of ${names} has the port ${missing.join(', ')}`)
    : undefined;
}

/** Pods of dist/; else what a namespace must have that others fill. */
function peerEnds(from: DesiredObject, peer: unknown, world: ObjectIndex): End[] {
  const block = valueAt(peer, ['ipBlock', 'cidr']);
  if (block !== undefined) return [outside(`addresses ${block}`)];
  const selector = valueAt(peer, ['podSelector']) ?? {};
  const namespace = namespaceOf(from, valueAt(peer, ['namespaceSelector']));
  if (namespace === undefined) return [outside('pods of several namespaces')];
  const operated = operatedBy(namespace, selector, world).map(({ kind, name }) =>
    outside(`pods of ${kind} ${namespace}/${name}, by its operator`),
  );
  if (operated.length > 0) return [...world.podsIn(namespace, selector).map(toObject), ...operated];
  const pods = world.podsIn(namespace, selector);
  return pods.length > 0 ? pods.map(toObject) : [strangers(namespace, selector, world)];
}

const namespaceOf = ({ namespace }: DesiredObject, selector: unknown): string | undefined => {
  if (!isFields(selector)) return namespace;
  const name = valueAt(selector, ['matchLabels', 'kubernetes.io/metadata.name']);
  return typeof name === 'string' ? name : undefined;
};

/** Kubernetes' own, or a chart's. */
function strangers(namespace: string, selector: unknown, world: ObjectIndex): End {
  const labels = Object.entries(valueAt(selector, ['matchLabels']) ?? {}).map((pair) => pair.join('='));
  const pods = `pods of ${namespace} with ${labels.join(', ') || 'any labels'}`;
  const charts = world.chartsIn(namespace).map(({ name }) => name);
  if (namespace === 'kube-system' || isPassing(selector)) return outside(pods);
  return charts.length > 0
    ? outside(`${pods}, by ${charts.length > 1 ? 'a chart of' : 'the chart'} ${charts.join(', ')}`)
    : absent(`there are no ${pods}, and no chart is installed there`);
}
