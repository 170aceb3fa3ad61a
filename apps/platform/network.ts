import type { Construct } from 'constructs';
import type { Identity } from '../../charts/labels.ts';
import { Namespace } from '../../charts/namespace.ts';
import {
  type Access,
  DefaultDeny,
  NetworkAccess,
  type Peer,
  PodAccess,
  peers,
} from '../../charts/network-policy.ts';
import { HTTP_PORT } from '../../charts/pod.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Connection, System } from '../application.ts';
import { MONITORING } from './identities.ts';

const dns = peers.pods('kube-system', { 'k8s-app': 'kube-dns' });
/** Prometheus' pods, as one end of a connection. */
export const prometheus = peers.pods(MONITORING, { 'app.kubernetes.io/name': 'prometheus' });

/** Names are looked up before anything is connected to. */
export const lookups = (from: Identity | Peer): readonly Connection[] => [
  { from, to: dns, port: 53, protocol: 'UDP' },
  { from, to: dns, port: 53 },
];

/** Prometheus reads the metrics of a workload. */
export const scraped = (to: Identity | Peer, port = HTTP_PORT): Connection => ({
  from: prometheus,
  to,
  port,
});

/** Requests from outside pass the ingress controller, and with them the challenges of the page's certificate. */
export function entered(
  { web }: Environment,
  to: Identity | Exclude<Peer, { cidr: string }>,
  port: number,
): readonly Connection[] {
  const { namespace, name } = web.controller;
  const from = peers.pods(namespace, { 'app.kubernetes.io/name': name });
  return [
    { from, to, port },
    ...(web.clusterIssuer === undefined ? [] : [{ from, to: solver(to.namespace), port: SOLVER_PORT }]),
  ];
}

/** Requests to a page of the shared host come from its load balancer, where there is one. */
export const enteredByHost = (
  environment: Environment,
  to: Identity | Exclude<Peer, { cidr: string }>,
  port: number,
): readonly Connection[] =>
  environment.web.sharedHost?.subnets.map((cidr) => ({ from: peers.addresses(cidr), to, port })) ??
  entered(environment, to, port);

/** cert-manager answers a challenge by a pod of its own beside the page: without it no certificate is issued. */
export const SOLVER_LABEL = 'acme.cert-manager.io/http01-solver';
/** @see https://cert-manager.io/docs/configuration/acme/http01/ */
const SOLVER_PORT = 8089;
const solver = (namespace: string) => peers.pods(namespace, { [SOLVER_LABEL]: 'true' });

/** Exactly the connections of one workload, and of the pods that answer for its certificate. */
export function allowConnections(scope: Construct, self: Identity, { connections }: System): void {
  const own = accessesOf(self, connections);
  new NetworkAccess(scope, `network-${self.name}`, { ...self, ...own });
  const answering = accessesOf(solver(self.namespace), connections);
  const isEntered = answering.ingress.some(({ peer }) => own.ingress.some((one) => isSame(one.peer, peer)));
  if (isEntered)
    new PodAccess(scope, `network-${self.name}-solver`, {
      ...{ name: 'acme-solver', pods: solver(self.namespace) },
      ...answering,
    });
}

/** Denies all traffic of a namespace that no other NetworkPolicy allows. */
export const denyByDefault = (scope: Construct, { namespace }: Pick<Identity, 'namespace'>): DefaultDeny =>
  new DefaultDeny(scope, 'default-deny', { namespace });

/** The namespace of a service: restricted, and closed until something is allowed. */
export function isolatedNamespace(
  scope: Construct,
  owner: Identity,
  { podSecurityVersion }: Environment,
): void {
  new Namespace(scope, 'namespace', { name: owner.namespace, podSecurityVersion });
  denyByDefault(scope, owner);
}

/** Both sides of the connections of one end. */
export const accessesOf = (self: Identity | Peer, all: readonly Connection[]) => ({
  ingress: all.filter(({ to }) => isSame(to, self)).map((edge) => access(edge, edge.from)),
  egress: all.filter(({ from }) => isSame(from, self)).map((edge) => access(edge, edge.to)),
});

/** A workload is known by its name and namespace, other pods by their labels; addresses are no end of their own. */
export function isSame(one: Identity | Peer, other: Identity | Peer): boolean {
  if ('cidr' in one || 'cidr' in other) return false;
  if ('name' in one && 'name' in other) return one.name === other.name && one.namespace === other.namespace;
  if ('name' in one || 'name' in other) return false;
  return one.namespace === other.namespace && JSON.stringify(one) === JSON.stringify(other);
}

const access = ({ port, protocol = 'TCP' }: Connection, other: Identity | Peer): Access => ({
  ...{ port, protocol, peer: 'name' in other ? peers.workload(other) : other },
});
