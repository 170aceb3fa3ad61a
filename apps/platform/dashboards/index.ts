import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import type { Environment } from '../../../environments/environment.ts';
import { installedAddons, otlpStoresOf } from '../../addons/log-stores.ts';
import type { System } from '../../application.ts';
import { argoCdDashboard } from './argo-cd.ts';
import { clusterDashboard } from './cluster.ts';
import { logPipelineDashboard } from './log-pipeline.ts';
import { nodesDashboard } from './nodes.ts';
import { overviewDashboard } from './overview.ts';
import { podsDashboard } from './pods.ts';
import { queueWorkload } from './queue-workload.ts';
import { storesDashboard } from './stores.ts';
import { webServiceDashboard } from './web-service.ts';

/** The dashboards that belong to no single application of an environment. */
export function dashboardsOf(
  environment: Pick<Environment, 'addons' | 'logs' | 'redis' | 'transactions'>,
  { services }: Pick<System, 'services'>,
): readonly DashboardSpec[] {
  const addons = installedAddons(environment);
  const having = (holds: boolean, spec: DashboardSpec): DashboardSpec[] => (holds ? [spec] : []);
  return [
    overviewDashboard,
    // Those of the overview, the broker and the scaler lead to it.
    queueWorkload,
    ...having(services.length > 0, webServiceDashboard),
    ...having(environment.redis !== undefined, storesDashboard(environment)),
    ...[clusterDashboard, nodesDashboard, podsDashboard],
    ...having(addons.includes('opentelemetry-collector'), logPipelineDashboard(otlpStoresOf(environment))),
    ...having(addons.includes('argo-cd'), argoCdDashboard),
  ];
}
