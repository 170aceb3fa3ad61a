import type { Construct } from 'constructs';
import type { Identity } from '../charts/labels.ts';
import { type Access, DefaultDeny, NetworkAccess, type Peer, Peers } from '../charts/network-policy.ts';
import { HTTP_PORT } from '../charts/pod.ts';
import type { Connection, System } from './contribution.ts';
import type { Environment } from './environments.ts';
import { MONITORING } from './project.ts';

const dns = Peers.pods('kube-system', { 'k8s-app': 'kube-dns' });
const prometheus = Peers.pods(MONITORING, { 'app.kubernetes.io/name': 'prometheus' });

/** Names are looked up before anything is connected to. */
export const lookups = (from: Identity): readonly Connection[] => [
  { from, to: dns, port: 53, protocol: 'UDP' },
  { from, to: dns, port: 53 },
];

/** Prometheus reads the metrics of a workload. */
export const scraped = (to: Identity, port = HTTP_PORT): Connection => ({ from: prometheus, to, port });

/** Requests from outside come by the ingress controller. */
export function entered({ web }: Environment, to: Identity, port: number): Connection {
  const { namespace, name } = web.controller;
  return { from: Peers.pods(namespace, { 'app.kubernetes.io/name': name }), to, port };
}

/** Exactly the connections of one workload. */
export function allowConnections(scope: Construct, self: Identity, { connections }: System): void {
  new NetworkAccess(scope, `network-${self.name}`, {
    ...self,
    ingress: connections.filter(({ to }) => to === self).map((edge) => access(edge, edge.from)),
    egress: connections.filter(({ from }) => from === self).map((edge) => access(edge, edge.to)),
  });
}

export const denyByDefault = (scope: Construct, { namespace }: Identity): DefaultDeny =>
  new DefaultDeny(scope, 'default-deny', { namespace });

const access = ({ port, protocol = 'TCP' }: Connection, other: Identity | Peer): Access => ({
  ...{ port, protocol, peer: 'name' in other ? Peers.workload(other) : other },
});
