import { BROKER_PORTS } from '../../charts/broker-flavors.ts';
import { DisruptionBudget } from '../../charts/disruption.ts';
import { Alerts, MetricsScrape } from '../../charts/monitoring.ts';
import { Peers } from '../../charts/network-policy.ts';
import { HTTP_PORT_NAME } from '../../charts/pod.ts';
import { Scaler } from '../../charts/scaler.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Application } from '../application.ts';
import { jobsWorkload } from '../jobs.ts';
import { brokerCredentials, CREDENTIALS_SECRET, declareSecrets } from './credentials.ts';
import { broker, PRIORITY, scaler } from './identities.ts';
import { allowConnections, closedNamespace, lookups, scraped } from './network.ts';

const REPLICAS = 2;

/** How often the scaler of an environment reads each backlog, in seconds: while something runs, and while nothing does. */
export function pollsIn(environment: Environment): Polls {
  const { pollSeconds, idlePollSeconds } = jobsWorkload(environment);
  return { pollSeconds, idlePollSeconds };
}

/** Seconds between two readings of a backlog. */
export interface Polls {
  readonly pollSeconds: number;
  readonly idlePollSeconds: number;
}

/** The control loop between the broker and the consumer's replica count, and between the clock and the API's least. */
export const scalerApplication: Application = {
  name: 'scaler',
  parent: 'infra-workloads',
  namespace: scaler.namespace,
  contribute: ({ apiServer }) => ({
    connections: [
      { from: scaler, to: broker, port: BROKER_PORTS.management },
      ...apiServer.map(({ cidr, port }) => ({ from: scaler, to: Peers.addresses(cidr), port })),
      ...lookups(scaler),
      scraped(scaler),
    ],
    secrets: [brokerCredentials(scaler)],
    brokerUsers: [{ name: scaler.name, monitors: true }],
  }),
  build: (scope, environment, system) => {
    closedNamespace(scope, scaler, environment);
    declareSecrets(scope, scaler, environment, system);
    new Scaler(scope, 'scaler', {
      ...scaler,
      image: images.scaler,
      replicas: REPLICAS,
      config: { ...pollsIn(environment), workloads: system.scaled },
      credentials: CREDENTIALS_SECRET,
      priorityClassName: PRIORITY.high,
    });
    new DisruptionBudget(scope, 'budget', { ...scaler, maxReplicas: REPLICAS, maxUnavailable: 1 });
    allowConnections(scope, scaler, system);
    new MetricsScrape(scope, 'scrape', { ...scaler, endpoints: [{ port: HTTP_PORT_NAME }] });
    new Alerts(scope, 'alerts', { ...scaler, runbook: RUNBOOK, alerts });
  },
};

const alerts = [
  {
    name: 'ScalerReadingsFrozen',
    severity: 'critical' as const,
    // The leader alone reads; a follower's last reading, from when it led, may be old.
    expr: 'max by (workload) (sluice_scaler_reading_age_seconds and on (pod) (sluice_scaler_leader == 1)) > 60',
    for: '1m',
    summary: 'No reading of {{ $labels.workload }} for {{ $value | humanizeDuration }}.',
    description:
      'The replica count is frozen: a missing, stale or invalid reading never changes it. Look at sluice_scaler_reading_failures_total by cause.',
  },
  {
    name: 'ScalerWithoutLeader',
    severity: 'critical' as const,
    expr: `absent(sluice_scaler_leader{namespace="${scaler.namespace}"} == 1)`,
    for: '1m',
    summary: 'No scaler holds the leader Lease.',
    description: 'Nobody changes replica counts. Look at the Lease and at the scaler pods.',
  },
  {
    name: 'ScalerCannotScale',
    severity: 'warning' as const,
    expr: 'sum by (workload, operation) (increase(sluice_scaler_target_failures_total[5m])) > 3',
    for: '5m',
    summary: 'The replica count of {{ $labels.workload }} cannot be {{ $labels.operation }}.',
    description:
      "The API server refuses or does not answer: look at the Role in the workload's namespace and at the NetworkPolicy.",
  },
];
