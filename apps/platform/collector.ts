import { Alerts } from '../../charts/alerts.ts';
import type { Identity } from '../../charts/labels.ts';
import { peers } from '../../charts/network-policy.ts';
import { ClusterReader } from '../../charts/permissions.ts';
import { ScheduledJob } from '../../charts/scheduled-job.ts';
import { SharedVolume } from '../../charts/shared-volume.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Application } from '../application.ts';
import { scheduledJobAlerts } from '../workloads/scheduled-job.ts';
import { BOARD, PRIORITY } from './identities.ts';
import { allowConnections, isolatedNamespace, lookups } from './network.ts';

const self: Identity = { name: 'collector', namespace: BOARD, component: 'job' };

const EVERY_MINUTES = 5;
const DEADLINE_SECONDS = 120;

/** Node's heap is kept small: an object is dropped as soon as its row is made, and Node would rather grow than collect it. */
export const COLLECTOR_HEAP = '--max-old-space-size=128 --max-semi-space-size=2';

/** Where the snapshots are, in the pods of collector and board alike. */
export const SNAPSHOTS = { claim: 'snapshots', path: '/var/lib/sluice/snapshots' } as const;

/** What the board shows of the cluster: snapshots, on a volume that both mount. */
export const collectorApplication: Application = {
  name: self.name,
  parent: 'infra-workloads',
  namespace: self.namespace,
  // The board stands in its namespace and mounts its volume.
  stage: 'foundation',
  contribute: (environment) => ({
    connections: [
      ...environment.apiServer.map(({ cidr, port }) => ({ from: self, to: peers.addresses(cidr), port })),
      ...lookups(self),
    ],
  }),
  build: (scope, environment, system) => {
    isolatedNamespace(scope, self, environment);
    new SharedVolume(scope, 'snapshots', {
      ...{ ...self, name: SNAPSHOTS.claim, size: '1Gi' },
      ...environment.sharedVolume,
    });
    new ClusterReader(scope, 'reads', {
      ...self,
      lists: {
        '': ['nodes', 'namespaces', 'pods', 'services', 'persistentvolumeclaims', 'events'],
        apps: ['deployments', 'statefulsets', 'daemonsets'],
        'argoproj.io': ['rollouts', 'analysisruns', 'applications'],
        autoscaling: ['horizontalpodautoscalers'],
        batch: ['cronjobs', 'jobs'],
        'metrics.k8s.io': ['nodes'],
        'networking.k8s.io': ['ingresses'],
      },
    });
    new ScheduledJob(scope, 'job', {
      ...{ ...self, image: images.collector, everyMinutes: EVERY_MINUTES, deadlineSeconds: DEADLINE_SECONDS },
      // What was missed is missed: the next run has a snapshot of its own.
      retries: 0,
      environment: {
        ...{ SNAPSHOT_DIR: SNAPSHOTS.path, DEADLINE_SECONDS: String(DEADLINE_SECONDS - 20) },
        NODE_OPTIONS: COLLECTOR_HEAP,
      },
      claims: [{ name: 'snapshots', claim: SNAPSHOTS.claim, path: SNAPSHOTS.path }],
      apiToken: true,
      resources: { cpu: '100m', memory: '256Mi' },
      priorityClassName: PRIORITY.low,
      http: false,
    });
    allowConnections(scope, self, system);
    new Alerts(scope, 'alerts', {
      ...{ ...self, runbook: RUNBOOK, dashboard: 'pods' },
      alerts: scheduledJobAlerts({
        ...{ namespace: self.namespace, cronJob: self.name, prefix: 'CollectorRun' },
        ...{ what: 'run of the collector', everyMinutes: EVERY_MINUTES, missingSeverity: 'warning' },
        failed: 'A snapshot of the cluster lacks lists that could not be read, or was not written.',
        missing: 'The board shows an old snapshot of the cluster.',
      }),
    });
  },
};
