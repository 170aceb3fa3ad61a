import type { Construct } from 'constructs';
import { BROKER_PORTS } from '../charts/broker-flavors.ts';
import type { Identity } from '../charts/labels.ts';
import { type Access, DefaultDeny, NetworkAccess, type Peer, Peers } from '../charts/network-policy.ts';
import { HTTP_PORT } from '../charts/pod.ts';
import type { Environment } from './environments.ts';
import { api, broker, consumer, exporter, MONITORING, publisher, scaler, topology } from './project.ts';

/** Who connects to whom on which port. One line here is a rule at both ends, so they cannot disagree. */
interface Connection {
  readonly from: Identity | Peer;
  readonly to: Identity | Peer;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

const dns = Peers.pods('kube-system', { 'k8s-app': 'kube-dns' });
const prometheus = Peers.pods(MONITORING, { 'app.kubernetes.io/name': 'prometheus' });

export function connections({ apiServer, web }: Environment): readonly Connection[] {
  const { namespace, name } = web.controller;
  const ingressController = Peers.pods(namespace, { 'app.kubernetes.io/name': name });
  return [
    { from: publisher, to: broker, port: BROKER_PORTS.amqp },
    { from: consumer, to: broker, port: BROKER_PORTS.amqp },
    { from: scaler, to: broker, port: BROKER_PORTS.management },
    { from: exporter, to: broker, port: BROKER_PORTS.management },
    { from: topology, to: broker, port: BROKER_PORTS.management },
    { from: ingressController, to: broker, port: BROKER_PORTS.management },
    { from: ingressController, to: api, port: HTTP_PORT },
    { from: prometheus, to: api, port: HTTP_PORT },
    { from: prometheus, to: broker, port: BROKER_PORTS.metrics },
    { from: prometheus, to: consumer, port: HTTP_PORT },
    { from: prometheus, to: scaler, port: HTTP_PORT },
    { from: prometheus, to: exporter, port: HTTP_PORT },
    ...apiServer.map(({ cidr, port }) => ({ from: scaler, to: Peers.addresses(cidr), port })),
    ...[publisher, consumer, scaler, exporter, topology].flatMap((from) => [
      { from, to: dns, port: 53, protocol: 'UDP' as const },
      { from, to: dns, port: 53 },
    ]),
  ];
}

/** Exactly the connections of one workload. */
export function allowConnections(scope: Construct, self: Identity, environment: Environment): void {
  const all = connections(environment);
  new NetworkAccess(scope, `network-${self.name}`, {
    ...self,
    ingress: all.filter(({ to }) => to === self).map((edge) => access(edge, edge.from)),
    egress: all.filter(({ from }) => from === self).map((edge) => access(edge, edge.to)),
  });
}

export const denyByDefault = (scope: Construct, { namespace }: Identity): DefaultDeny =>
  new DefaultDeny(scope, 'default-deny', { namespace });

const access = ({ port, protocol = 'TCP' }: Connection, other: Identity | Peer): Access => ({
  ...{ port, protocol, peer: 'name' in other ? Peers.workload(other) : other },
});
