import { Alerts } from '../../charts/alerts.ts';
import { Dashboard } from '../../charts/dashboards/dashboard.ts';
import { DisruptionBudget } from '../../charts/disruption.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { peers } from '../../charts/network-policy.ts';
import { HTTP_PORT_NAME } from '../../charts/pod.ts';
import { Scaler } from '../../charts/scaler.ts';
import { ownWorkloads } from '../../charts/scaling.ts';
import type { Environment, Polls } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Application } from '../application.ts';
import { brokerEndpoint } from './broker-endpoint.ts';
import { brokerCredentials, CREDENTIALS_SECRET, declareSecrets } from './credentials.ts';
import { scalerDashboard } from './dashboards/scaler.ts';
import { broker, PRIORITY, scaler } from './identities.ts';
import { allowConnections, isolatedNamespace, lookups, scraped } from './network.ts';
import { scalerAlerts } from './scaler-alerts.ts';
import { storeConnection, storeCredentials, storeMounts } from './stores.ts';

const REPLICAS = 2;

/** How often the scaler of an environment reads each backlog. */
export const pollsIn = ({ polls }: Pick<Environment, 'polls'>): Polls => ({
  ...{ pollSeconds: 5, idlePollSeconds: 0.5 },
  ...polls,
});

/** The control loop between the broker and the consumer's replica count, and between the clock and the API's least. */
export const scalerApplication: Application = {
  name: 'scaler',
  parent: 'infra-workloads',
  namespace: scaler.namespace,
  contribute: (environment) => ({
    connections: [
      { from: scaler, to: broker, port: brokerEndpoint(environment).ports.management },
      ...environment.apiServer.map(({ cidr, port }) => ({ from: scaler, to: peers.addresses(cidr), port })),
      ...lookups(scaler),
      scraped(scaler),
      ...(environment.redis ? [storeConnection(scaler, 'redis')] : []),
    ],
    secrets: [brokerCredentials(scaler), ...(environment.redis ? [storeCredentials(scaler, 'redis')] : [])],
    brokerUsers: [{ name: scaler.name, monitors: true }],
  }),
  build: (scope, environment, system) => {
    isolatedNamespace(scope, scaler, environment);
    declareSecrets(scope, scaler, environment, system);
    new Scaler(scope, 'scaler', {
      ...scaler,
      image: images.scaler,
      replicas: REPLICAS,
      config: { ...pollsIn(environment), workloads: ownWorkloads(system.scaled) },
      credentials: CREDENTIALS_SECRET,
      mounts: [
        ...brokerEndpoint(environment).mounts,
        ...(environment.redis ? storeMounts(['redis'], environment) : []),
      ],
      priorityClassName: PRIORITY.high,
    });
    new DisruptionBudget(scope, 'budget', { ...scaler, maxReplicas: REPLICAS, maxUnavailable: 1 });
    allowConnections(scope, scaler, system);
    new MetricsScrape(scope, 'scrape', { ...scaler, endpoints: [{ port: HTTP_PORT_NAME }] });
    new Alerts(scope, 'alerts', {
      ...{ ...scaler, runbook: RUNBOOK, dashboard: 'scaler', dependsOn: broker.name },
      alerts: scalerAlerts(scaler.namespace),
    });
    new Dashboard(scope, 'dashboard', { ...scaler, spec: scalerDashboard });
  },
};
