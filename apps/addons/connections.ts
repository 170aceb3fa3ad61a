import { type PodPeer, peers } from '../../charts/network-policy.ts';
import { boardPages, type Environment } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import { LOG_GATE, type LogStoreKind, logStoreAddresses } from '../../packages/contracts/log-store.ts';
import type { Connection } from '../application.ts';
import { logStorePods } from '../platform/elasticsearch-endpoint.ts';
import { logGate, MONITORING } from '../platform/identities.ts';
import { entered, enteredByHost, lookups, prometheus, scraped as scrapedOn } from '../platform/network.ts';
import { STORES } from '../platform/stores.ts';
import { logPlugins, otlpStoresOf } from './log-stores.ts';

/** Blocks that are not on the public internet: the cluster's own, other machines', and the cloud's metadata. */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
/** Addresses outside of the cluster and of private networks. */
export const internet = peers.addresses('0.0.0.0/0', PRIVATE);
const anyone = peers.addresses('0.0.0.0/0');
/** Where a pod gets its role's credentials. @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
export const podIdentity = peers.addresses('169.254.170.23/32');

const alertmanager = peers.pods(MONITORING, { 'app.kubernetes.io/name': 'alertmanager' });
const grafana = peers.pods(MONITORING, { 'app.kubernetes.io/name': 'grafana' });

/** The end that an addon's pods are: as charts label them differently, those of a namespace are one. */
const pods = (namespace: string): PodPeer => peers.everyPod(namespace);

/** What one addon connects to, and who connects to it, beyond its namespace. */
type Connected = (self: PodPeer, environment: Environment) => readonly Connection[];

const scraped =
  (...ports: number[]): Connected =>
  (to) =>
    ports.map((port) => scrapedOn(to, port));
const asksApiServer: Connected = (from, { apiServer }) =>
  apiServer.map(({ cidr, port }) => ({ from, to: peers.addresses(cidr), port }));
/** The API server asks its webhooks and extensions. */
const askedByApiServer =
  (port: number): Connected =>
  (to, { apiServer }) =>
    [...new Set(apiServer.map(({ cidr }) => cidr))].map((cidr) => ({
      from: peers.addresses(cidr),
      to,
      port,
    }));
const page =
  (port: number, only?: PodPeer): Connected =>
  (self, environment) =>
    entered(environment, only ?? self, port);
const sharedPage =
  (port: number, only?: PodPeer): Connected =>
  (self, environment) =>
    enteredByHost(environment, only ?? self, port);
const reaches =
  (to: Connection['to'], ...ports: number[]): Connected =>
  (from) =>
    ports.map((port) => ({ from, to, port }));
const onAws =
  (...then: Connected[]): Connected =>
  (self, environment) =>
    environment.aws === undefined ? [] : then.flatMap((each) => each(self, environment));

/** The port of the desired state's repository. */
const repository: Connected = (from, { repository: { repoURL } }) => {
  const [, scheme = 'ssh'] = /^(https?|git):/.exec(repoURL) ?? [];
  const port = { https: 443, http: 80, git: 9418, ssh: 22 }[scheme] ?? 22;
  return [{ from, to: internet, port }];
};

/** A certificate's challenge: the issuer, and a look at the answer by the way that the issuer takes. */
const challenges: Connected = (from, { web }) =>
  web.clusterIssuer === undefined ? [] : [443, 80].map((port) => ({ from, to: internet, port }));

const prometheusPage: Connected = (self, environment) =>
  environment.web.openPages.kind === 'none' ? [] : page(9090, prometheus)(self, environment);

/** Kubelets, node exporters and what runs in kube-system; what else it scrapes says so itself. */
const scrapes: Connected = (_, environment) => [
  ...[9100, 10_250].map((port) => ({ from: prometheus, to: peers.addresses(environment.nodes), port })),
  ...[8080, 9153, 10_250].map((port) => ({ from: prometheus, to: pods('kube-system'), port })),
];

/** Alertmanager sends to channels by HTTPS, and mail to its relay. */
const tells: Connected = (_, { alerting }) => {
  if (alerting === undefined) return [];
  const { second } = alerting;
  const ports = [443, ...(second?.kind === 'email' ? [Number(second.smarthost.split(':').at(-1))] : [])];
  return ports.map((port) => ({ from: alertmanager, to: internet, port }));
};

const reachesLogStore = (kind: LogStoreKind): Connected =>
  kind === 'victoria-logs'
    ? (from) => [{ from, to: logGate, port: LOG_GATE.port }]
    : reaches(logStorePods(kind), logStoreAddresses[kind].port);

const sendsLines: Connected = (self, environment) =>
  otlpStoresOf(environment).flatMap((kind) => reachesLogStore(kind)(self, environment));

/** Plugins of Grafana are fetched when it starts. */
const plugins: Connected = (_, environment) =>
  logPlugins(environment).length === 0 ? [] : [{ from: grafana, to: internet, port: 443 }];

/** A proxy that signs on: Traefik asks it who a request is from. */
const signOn: Connected = (from, { web }) =>
  [web.openPages, boardPages(web)].flatMap((pages) => {
    if (pages.kind !== 'oidc') return [];
    const { name, namespace, port } = pages.proxy;
    return [{ from, to: peers.pods(namespace, { 'app.kubernetes.io/name': name }), port }];
  });

/** Where the entry points are: behind a load balancer or a node's port the addresses are anybody's. */
const entrances: Connected = (to) => [8000, 8443].map((port) => ({ from: anyone, to, port }));

/** Addon -> its connections, by the ports of its pods. kube-system is not here: it is the cluster's own. */
const connected: Readonly<Partial<Record<AddonName, readonly Connected[]>>> = {
  'argo-cd': [asksApiServer, reaches(internet, 443), repository, sharedPage(8080), scraped(8082, 8083, 8084)],
  'argo-rollouts': [asksApiServer, reaches(prometheus, 9090), scraped(8090)],
  'cert-manager': [asksApiServer, askedByApiServer(10_250), challenges, scraped(9402)],
  'eck-operator': [asksApiServer, askedByApiServer(9443)],
  'external-secrets': [
    ...[asksApiServer, askedByApiServer(10_250), scraped(8080)],
    onAws(reaches(internet, 443), reaches(podIdentity, 80)),
  ],
  'fluent-bit': [asksApiServer, reachesLogStore('elasticsearch'), scraped(2020)],
  // Builds fetch what they are made of.
  jenkins: [asksApiServer, reaches(internet, 443, 22), page(8080), scraped(8080)],
  keda: [asksApiServer, askedByApiServer(9443), askedByApiServer(6443), reaches(prometheus, 9090)],
  'kube-prometheus-stack': [
    ...[
      asksApiServer,
      askedByApiServer(10_250),
      scrapes,
      sharedPage(3000, grafana),
      prometheusPage,
      tells,
      plugins,
    ],
  ],
  loki: [
    scraped(3100),
    onAws(reaches(internet, 443), reaches(podIdentity, 80)),
    (to) => [{ from: grafana, to, port: 3100 }],
  ],
  'opentelemetry-collector': [sendsLines, scraped(8888)],
  'opentelemetry-events': [asksApiServer, sendsLines, scraped(8888)],
  'prometheus-adapter': [asksApiServer, askedByApiServer(6443)],
  // It asks the servers whether their members agree.
  'psmdb-operator': [asksApiServer, reaches(STORES.mongodb.pods, STORES.mongodb.port)],
  traefik: [asksApiServer, entrances, scraped(9100), signOn],
  'trust-manager': [asksApiServer, askedByApiServer(6443), scraped(9402)],
  'victoria-logs': [scraped(9428), (to) => [{ from: grafana, to, port: 9428 }]],
};

/** Every connection of the addons, each once. */
export function addonConnections(
  environment: Environment,
  addons: readonly { readonly name: AddonName; readonly namespace: { readonly name: string } }[],
): Connection[] {
  const closed = addons.filter(({ namespace }) => namespace.name !== 'kube-system');
  const all = closed.flatMap(({ name, namespace }) => {
    const self = pods(namespace.name);
    return [...lookups(self), ...(connected[name] ?? []).flatMap((each) => each(self, environment))];
  });
  const known = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify(one);
    return known.has(key) ? false : known.add(key);
  });
}
