import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import { countedIn } from '../../../packages/contracts/metrics/metric.ts';
import { healthColors, syncColors } from './colors.ts';
import { orNone } from './queries.ts';

const NO_ARGO = 'Argo CD reports no Application: its controller is down, or Prometheus cannot scrape it.';
const PROJECT = 'project=~"$project"';
const counted = (counter: string): string => countedIn(`${counter}{${PROJECT}}`, '$__rate_interval');
const count = (matchers: string): string =>
  orNone(`count(argocd_app_info{${PROJECT},${matchers}})`, `argocd_app_info{${PROJECT}}`);

/** Whether what is in git is what runs. */
export const argoCdDashboard: DashboardSpec = {
  name: 'argo-cd',
  title: 'Argo CD',
  description: 'Is what is in git what runs, and does it work: Applications by sync status and health.',
  span: '6h',
  variables: [
    {
      ...{ name: 'project', label: 'Project', choice: 'all' },
      of: { series: 'argocd_app_info', label: 'project' },
    },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          ...{ kind: 'stat', title: 'Applications', unit: 'count', noData: NO_ARGO },
          description: 'Applications of the chosen projects.',
          queries: [{ expr: `count(argocd_app_info{${PROJECT}})`, legend: 'applications' }],
        },
        {
          ...{ kind: 'stat', title: 'Out of sync', unit: 'count', noData: NO_ARGO },
          description: 'Applications whose objects differ from git. An alert fires after 15 minutes.',
          marks: [{ from: 1, color: 'orange' }],
          queries: [{ expr: count('sync_status!="Synced"'), legend: 'out of sync' }],
        },
        {
          ...{ kind: 'stat', title: 'Degraded or missing', unit: 'count', noData: NO_ARGO },
          description:
            'Applications with an object that does not work or is not there. An alert fires after 10 minutes.',
          marks: [{ from: 1, color: 'red' }],
          queries: [{ expr: count('health_status=~"Degraded|Missing"'), legend: 'degraded' }],
        },
        {
          ...{
            kind: 'table',
            title: 'Applications that need attention',
            unit: 'state',
            width: 12,
            height: 9,
          },
          description: 'Applications that are not in sync or not healthy.',
          noData: 'Every Application is in sync and healthy.',
          columns: { name: 'Application', sync_status: 'Sync', health_status: 'Health', project: 'Project' },
          values: ['Is so'],
          queries: [
            {
              expr: `max by (name, sync_status, health_status, project) (argocd_app_info{${PROJECT},sync_status!="Synced"} or argocd_app_info{${PROJECT},health_status!="Healthy"})`,
              legend: '',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Applications by health', unit: 'count', width: 12, height: 9 },
          description: 'How many Applications are healthy, progressing, degraded, missing or suspended.',
          noData: NO_ARGO,
          stacked: true,
          queries: [
            {
              expr: `count by (health_status) (argocd_app_info{${PROJECT}})`,
              legend: '{{health_status}}',
            },
          ],
          colors: healthColors,
        },
      ],
    },
    {
      title: 'Syncs',
      panels: [
        {
          ...{ kind: 'time-series', title: 'Syncs by phase', unit: 'count', width: 12 },
          description: 'Syncs that ended in each interval, by how they ended.',
          noData: 'No sync has ended since the controller started.',
          queries: [
            {
              expr: `sum by (phase) (${counted('argocd_app_sync_total')})`,
              legend: '{{phase}}',
            },
          ],
          colors: syncColors,
        },
        {
          ...{ kind: 'time-series', title: 'Mean duration of a sync', unit: 'seconds', width: 12 },
          description: 'How long the syncs of each Application took on average.',
          noData: 'No sync of an Application has ended in this time span.',
          queries: [
            {
              expr: `sum by (name) (${counted('argocd_app_sync_duration_seconds_total')}) / (sum by (name) (${counted('argocd_app_sync_total')}) > 0)`,
              legend: '{{name}}',
            },
          ],
        },
      ],
    },
  ],
};
