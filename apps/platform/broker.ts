import type { Construct } from 'constructs';
import { Alerts } from '../../charts/alerts.ts';
import { Broker } from '../../charts/broker.ts';
import { BROKER_PORTS, flavors } from '../../charts/broker-flavors.ts';
import { WebPage } from '../../charts/ingress.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { brokerTopology } from '../../charts/queue-topology.ts';
import { Topology } from '../../charts/topology.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { wholeAmountOf } from '../../packages/manifests/quantities.ts';
import type { Application, System } from '../application.ts';
import { maxReplicas } from '../jobs.ts';
import { brokerAlerts, queueRecords } from './broker-alerts.ts';
import { ADMIN, brokerAdmin, declareSecrets, USERS_SECRET } from './credentials.ts';
import { broker, managementUrl, PRIORITY, topology } from './identities.ts';
import { allowConnections, closedNamespace, entered, lookups, scraped } from './network.ts';

/** The broker, what stands on it, and its page. */
export const brokerApplication: Application = {
  name: 'broker',
  parent: 'infra-workloads',
  namespace: broker.namespace,
  contribute: (environment) => ({
    connections: [
      { from: topology, to: broker, port: BROKER_PORTS.management },
      ...lookups(topology),
      ...entered(environment, broker, BROKER_PORTS.management),
      scraped(broker, BROKER_PORTS.metrics),
    ],
    secrets: [brokerAdmin],
  }),
  build: (scope, environment, system) => {
    closedNamespace(scope, broker, environment);
    declareSecrets(scope, broker, environment, system);
    new Broker(scope, 'broker', {
      ...broker,
      kind: environment.broker,
      image: images[environment.broker],
      admin: ADMIN,
      volume: environment.brokerVolume,
      priorityClassName: PRIORITY.high,
    });
    declareTopology(scope, system);
    allowConnections(scope, broker, system);
    allowConnections(scope, topology, system);
    const { hosts, ingressClassName, clusterIssuer } = environment.web;
    new WebPage(scope, 'page', {
      ...{
        ...broker,
        host: hosts.broker,
        service: broker.name,
        port: 'management',
        ingressClassName,
        clusterIssuer,
      },
    });
    watch(scope, environment, system);
  },
};

function declareTopology(scope: Construct, { queues, brokerUsers: users }: System): void {
  new Topology(scope, 'topology', {
    ...topology,
    image: images.topology,
    managementUrl,
    admin: ADMIN,
    usersSecret: USERS_SECRET,
    topology: (passwordFile) => brokerTopology({ queues, users, passwordFile }),
    priorityClassName: PRIORITY.high,
  });
}

function watch(scope: Construct, environment: Environment, { scaled }: System): void {
  const { metricPrefix } = flavors[environment.broker];
  new MetricsScrape(scope, 'scrape', {
    ...broker,
    endpoints: [
      { port: 'metrics' },
      // The counts of each queue by name; the first page only has their sums.
      { port: 'metrics', path: '/metrics/detailed', params: { family: ['queue_coarse_metrics'] } },
    ],
  });
  new Alerts(scope, 'alerts', {
    ...{ ...broker, runbook: RUNBOOK },
    records: queueRecords({ namespace: broker.namespace, metricPrefix }),
    alerts: brokerAlerts({
      ...{ namespace: broker.namespace, job: broker.name, metricPrefix },
      volumeBytes: wholeAmountOf(environment.brokerVolume.size),
      connections: connectionsOf(scaled),
    }),
  });
}

/** A client that takes and one that gives for each replica there can be, and those that only look. */
const connectionsOf = (scaled: System['scaled']): number =>
  LOOKING_ON + 2 * scaled.reduce((sum, { workload }) => sum + maxReplicas(workload.policy), 0);

const LOOKING_ON = 20;
