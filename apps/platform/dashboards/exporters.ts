import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import { exporter } from '../../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../../packages/contracts/metrics/metric.ts';
import { probeColors } from './colors.ts';
import { countOf, orNone, rateOf } from './queries.ts';

const NO_EXPORTER = 'The exporter reports nothing: it is down, or Prometheus cannot scrape it.';
const NO_TARGETS = 'Prometheus scrapes nothing in these namespaces.';
const target = { '=~': '$target' } as const;

/** Whatever Prometheus scrapes, and the exporter of JSON documents. */
export const exportersDashboard: DashboardSpec = {
  name: 'exporters',
  title: 'Exporters and scrapes',
  description: 'Are all metrics there: what Prometheus scrapes, and the documents that the exporter reads.',
  variables: [
    {
      ...{ name: 'namespace', label: 'Namespace', choice: 'all' },
      of: { series: 'up', label: 'namespace' },
    },
    {
      ...{ name: 'target', label: 'Document', choice: 'all' },
      of: { series: exporter.up.name, label: 'target' },
    },
  ],
  rows: [
    {
      title: 'What Prometheus scrapes',
      panels: [
        {
          ...{ kind: 'stat', title: 'Targets down', unit: 'count', width: 6, height: 8, noData: NO_TARGETS },
          description: 'Targets that the last scrape did not reach. Alerts on their metrics do not fire.',
          marks: [{ from: 1, color: 'red' }],
          queries: [
            {
              expr: orNone('count(up{namespace=~"$namespace"} == 0)', 'up{namespace=~"$namespace"}'),
              legend: 'down',
            },
          ],
        },
        {
          ...{ kind: 'table', title: 'Targets by job', unit: 'count', width: 9, noData: NO_TARGETS },
          description: 'How many targets each job has, and how many of them answer.',
          columns: { namespace: 'Namespace', job: 'Job' },
          values: ['Targets', 'Up'],
          queries: [
            { expr: 'count by (namespace, job) (up{namespace=~"$namespace"})', legend: '' },
            { expr: 'sum by (namespace, job) (up{namespace=~"$namespace"})', legend: '' },
          ],
        },
        {
          ...{
            kind: 'time-series',
            title: 'Duration of scrapes',
            unit: 'seconds',
            width: 9,
            noData: NO_TARGETS,
          },
          description:
            'The slowest scrape of each job. One that needs longer than its interval loses samples.',
          queries: [
            {
              expr: 'max by (namespace, job) (scrape_duration_seconds{namespace=~"$namespace"})',
              legend: '{{namespace}}/{{job}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Documents of the exporter',
      panels: [
        {
          ...{ kind: 'table', title: 'Documents', unit: 'count', width: 8, noData: NO_EXPORTER },
          description: 'Whether the last fetch of each document succeeded, and how many series it gave.',
          columns: { target: 'Document' },
          values: ['Fetched', 'Series', 'Invalid values'],
          queries: [
            { expr: `max by (target) (${series(exporter.up, { target })})`, legend: '' },
            { expr: `max by (target) (${series(exporter.series, { target })})`, legend: '' },
            { expr: `max by (target) (${series(exporter.invalidValues, { target })})`, legend: '' },
          ],
        },
        {
          ...{
            kind: 'time-series',
            title: 'Age of the documents',
            unit: 'seconds',
            noData: 'No fetch has succeeded yet.',
          },
          description:
            'Seconds since the last fetch that succeeded. Values older than their limit are no longer exposed.',
          queries: [
            {
              expr: `time() - max by (target) (${series(exporter.lastSuccess, { target })})`,
              legend: '{{target}}',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Duration of fetches', unit: 'seconds', noData: NO_EXPORTER },
          description: 'How long the last fetch of each document took.',
          queries: [
            { expr: `max by (target) (${series(exporter.duration, { target })})`, legend: '{{target}}' },
          ],
        },
        {
          ...{
            kind: 'time-series',
            title: 'Failed fetches by reason',
            unit: 'failures',
            width: 12,
            axisSoftMax: 1,
          },
          description:
            'Fetches that failed in each interval. The reason tells where to look: the network, the credentials, or the document itself.',
          noData: 'No fetch has failed since the exporter started.',
          queries: [
            {
              expr: countOf(exporter.failures, { target }, 'target, reason'),
              legend: '{{target}}: {{reason}}',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Probes by result', unit: 'requests/s', width: 12 },
          description: 'Requests to the page that fetches a document on demand.',
          noData: 'No probe was asked for since the exporter started.',
          queries: [{ expr: rateOf(exporter.probes, {}, 'result'), legend: '{{result}}' }],
          colors: probeColors,
        },
      ],
    },
  ],
};
