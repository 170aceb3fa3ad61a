import type { Construct } from 'constructs';
import { Alerts } from '../../charts/alerts.ts';
import { Broker, type BrokerProps } from '../../charts/broker.ts';
import { flavorOf } from '../../charts/broker-flavors.ts';
import { Dashboard } from '../../charts/dashboards/dashboard.ts';
import { WebPage } from '../../charts/ingress.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { issuerOf } from '../../charts/private-authority.ts';
import { brokerTopology } from '../../charts/queue-topology.ts';
import { ServerCertificate } from '../../charts/server-certificate.ts';
import { PageBackend } from '../../charts/shared-page.ts';
import { Topology } from '../../charts/topology.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { wholeAmountOf } from '../../packages/manifests/quantities.ts';
import { type Application, maxReplicas, type System } from '../application.ts';
import { brokerAlerts, queueRecords } from './broker-alerts.ts';
import { BROKER_AUTHORITY, BROKER_TLS, brokerEndpoint } from './broker-endpoint.ts';
import { ADMIN, brokerAdmin, declareSecrets, USERS_SECRET } from './credentials.ts';
import { brokerDashboard } from './dashboards/broker.ts';
import { broker, PRIORITY, topology } from './identities.ts';
import { allowConnections, entered, isolatedNamespace, lookups, scraped } from './network.ts';

/** The broker, what stands on it, and its page. */
export const brokerApplication: Application = {
  name: 'broker',
  parent: 'infra-workloads',
  namespace: broker.namespace,
  contribute: (environment) => {
    const { management, metrics } = brokerEndpoint(environment).ports;
    return {
      connections: [
        { from: topology, to: broker, port: management },
        ...lookups(topology),
        ...entered(environment, broker, management),
        scraped(broker, metrics),
      ],
      secrets: [brokerAdmin],
    };
  },
  build: (scope, environment, system) => {
    isolatedNamespace(scope, broker, environment);
    declareSecrets(scope, broker, environment, system);
    new Broker(scope, 'broker', {
      ...broker,
      kind: environment.broker,
      image: images[environment.broker],
      admin: ADMIN,
      volume: environment.brokerVolume,
      priorityClassName: PRIORITY.high,
      ...certificateOf(scope, environment),
    });
    declareTopology(scope, environment, system);
    allowConnections(scope, broker, system);
    allowConnections(scope, topology, system);
    declarePage(scope, environment);
    watch(scope, environment, system);
  },
};

/** Its certificate, where clients use TLS. */
function certificateOf(scope: Construct, { brokerTls }: Environment): Pick<BrokerProps, 'tlsSecret'> {
  if (brokerTls === undefined) return {};
  const clusterIssuer = issuerOf(broker.name, brokerTls.authority);
  new ServerCertificate(scope, 'certificate', { ...broker, secretName: BROKER_TLS, clusterIssuer });
  return { tlsSecret: BROKER_TLS };
}

function declarePage(scope: Construct, environment: Environment): void {
  const { hosts, ingressClassName, clusterIssuer } = environment.web;
  const { pageTrust: trust } = brokerEndpoint(environment);
  if (trust !== undefined) new PageBackend(scope, 'page-backend', { ...broker, trust });
  new WebPage(scope, 'page', {
    ...{ ...broker, host: hosts.broker, service: broker.name, port: 'management' },
    ...{ ingressClassName, clusterIssuer },
  });
}

function declareTopology(
  scope: Construct,
  environment: Environment,
  { queues, brokerUsers: users }: System,
): void {
  const { managementUrl, caFile } = brokerEndpoint(environment);
  new Topology(scope, 'topology', {
    ...topology,
    image: images.topology,
    managementUrl,
    ...(caFile !== undefined && { authority: BROKER_AUTHORITY }),
    admin: ADMIN,
    usersSecret: USERS_SECRET,
    topology: (passwordFile) => brokerTopology({ queues, users, passwordFile }),
    priorityClassName: PRIORITY.high,
  });
}

function watch(scope: Construct, environment: Environment, { scaled }: System): void {
  const { metricsTrust: trust } = brokerEndpoint(environment);
  const { metricPrefix } = flavorOf(environment.broker, environment.brokerTls !== undefined);
  new MetricsScrape(scope, 'scrape', {
    ...broker,
    endpoints: [
      { port: 'metrics', trust },
      // The counts of each queue by name; the first page only has their sums.
      { port: 'metrics', path: '/metrics/detailed', params: { family: ['queue_coarse_metrics'] }, trust },
    ],
  });
  const limits = {
    ...{ namespace: broker.namespace, job: broker.name, metricPrefix },
    volumeBytes: wholeAmountOf(environment.brokerVolume.size),
    connections: connectionsOf(scaled),
  };
  new Alerts(scope, 'alerts', {
    ...{ ...broker, runbook: RUNBOOK, dashboard: 'broker' },
    records: queueRecords(limits),
    alerts: brokerAlerts(limits),
  });
  new Dashboard(scope, 'dashboard', { ...broker, spec: brokerDashboard(limits) });
}

/** A client that takes and one that gives for each replica there can be, and those that only look. */
const connectionsOf = (scaled: System['scaled']): number =>
  LOOKING_ON + 2 * scaled.reduce((sum, { workload }) => sum + maxReplicas(workload.policy), 0);

const LOOKING_ON = 20;
