import type { DashboardSpec, Row } from '../../../charts/dashboards/dashboard.ts';
import type { StatProps } from '../../../charts/dashboards/panel.ts';
import { api } from '../../../packages/contracts/metrics/catalogue.ts';
import { countSeries, series } from '../../../packages/contracts/metrics/metric.ts';
import { WORKLOAD } from '../workload-series.ts';
import { quantileOf, rateOf } from './queries.ts';

const service = '$workload';
const namespace = '$namespace';
const own = { namespace, service };
const requests = rateOf(api.requests, own);
const failed = rateOf(api.requests, { ...own, status: { '=~': '5..' } });
const errors = `(${failed} or 0 * ${requests}) / (${requests} > 0)`;
const promised = (record: string): string => `max(${record}{workload="${service}"})`;
const HPA = `{namespace="${namespace}",horizontalpodautoscaler="${service}"}`;
const ROLLOUT = `{name="${service}"}`;

const NO_REQUESTS = 'The service answers no requests, or its image does not expose the metrics of requests.';
const NO_HPA = 'kube-state-metrics reports no HPA of this name.';
const NO_RELEASE = 'No release is made by Argo Rollouts here: a new version takes over pod by pod.';

const promise = (name: string, word: string, record: string): StatProps => ({
  ...{ kind: 'stat', title: `${word} budget burnt per hour`, unit: 'share', width: 6, decimals: 1 },
  description: `How many times as fast as it may the ${name} budget of 30 days burns over the last hour: 100 % is as fast as it may.`,
  noData: 'Nothing is promised, or the rules of the workload are not loaded.',
  marks: [
    { from: 1, color: 'yellow' },
    { from: 6, color: 'orange' },
    { from: 14.4, color: 'red' },
  ],
  queries: [
    {
      expr: `max(workload:slo_errors:ratio_rate1h{workload="${service}",slo="${name}"}) / (1 - ${promised(record)})`,
      legend: name,
    },
  ],
});

const red: Row = {
  title: 'Rate, errors, duration',
  panels: [
    promise('availability', 'Availability', WORKLOAD.availabilityObjective),
    promise('latency', 'Latency', WORKLOAD.latencyShare),
    {
      ...{ kind: 'stat', title: 'Requests now', unit: 'requests/s', width: 6, noData: NO_REQUESTS },
      description: 'Requests answered per second.',
      queries: [{ expr: requests, legend: 'requests' }],
    },
    {
      ...{ kind: 'stat', title: 'Failed share now', unit: 'share', width: 6, noData: NO_REQUESTS },
      description: 'The share of requests that ended with an error of the server.',
      marks: [
        { from: 0.001, color: 'yellow' },
        { from: 0.01, color: 'red' },
      ],
      queries: [{ expr: errors, legend: 'failed' }],
    },
    {
      ...{ kind: 'time-series', title: 'Requests by status', unit: 'requests/s', noData: NO_REQUESTS },
      description: 'Requests answered per second, by their status.',
      stacked: true,
      queries: [{ expr: rateOf(api.requests, own, 'status'), legend: '{{status}}' }],
    },
    {
      ...{
        kind: 'time-series',
        title: 'Failed share',
        unit: 'share',
        noData: NO_REQUESTS,
        axisSoftMax: 0.01,
      },
      description: 'The share of failed requests beside what the availability objective leaves.',
      limits: ['budget'],
      queries: [
        { expr: errors, legend: 'failed' },
        { expr: `1 - ${promised(WORKLOAD.availabilityObjective)}`, legend: 'budget' },
      ],
    },
    {
      ...{ kind: 'time-series', title: 'Duration', unit: 'seconds', noData: NO_REQUESTS },
      description:
        'From the end of the headers to the end of the answer, beside the seconds that are promised.',
      limits: ['promised'],
      queries: [
        { expr: quantileOf(0.5, api.duration, own), legend: 'median' },
        { expr: quantileOf(0.99, api.duration, own), legend: '99th percentile' },
        { expr: promised(WORKLOAD.latencyObjective), legend: 'promised' },
      ],
    },
    {
      ...{ kind: 'table', title: 'Routes', unit: 'requests/s', width: 12, noData: NO_REQUESTS },
      description: 'Requests per second of each route and status.',
      columns: { route: 'Route', method: 'Method', status: 'Status' },
      values: ['Requests'],
      queries: [{ expr: rateOf(api.requests, own, 'route, method, status'), legend: '' }],
    },
    {
      ...{ kind: 'time-series', title: 'In hand and refused', unit: 'count', width: 12, noData: NO_REQUESTS },
      description:
        'Requests in hand, and requests per minute that were refused because the event loop was late.',
      queries: [
        { expr: `sum(${series(api.inFlight, own)})`, legend: 'in hand' },
        { expr: `60 * ${rateOf(api.shed, own)}`, legend: 'refused per minute' },
      ],
    },
  ],
};

const replicas: Row = {
  title: 'Replicas',
  panels: [
    {
      ...{ kind: 'time-series', title: 'Replicas of the HPA', unit: 'replicas', width: 12, noData: NO_HPA },
      description:
        'What runs and what the HPA wants, between its minimum and its maximum. A schedule moves the minimum.',
      limits: ['maximum'],
      queries: [
        { expr: `kube_horizontalpodautoscaler_status_desired_replicas${HPA}`, legend: 'wanted' },
        { expr: `kube_horizontalpodautoscaler_status_current_replicas${HPA}`, legend: 'current' },
        { expr: `kube_horizontalpodautoscaler_spec_min_replicas${HPA}`, legend: 'minimum' },
        { expr: `kube_horizontalpodautoscaler_spec_max_replicas${HPA}`, legend: 'maximum' },
      ],
    },
    {
      ...{ kind: 'time-series', title: 'Requests of each pod', unit: 'requests/s', width: 12 },
      description:
        'Requests per second that each pod answers. One that has far more or far fewer than the others is worth a look.',
      noData: NO_REQUESTS,
      queries: [{ expr: rateOf(api.requests, own, 'pod'), legend: '{{pod}}' }],
    },
  ],
};

const release: Row = {
  title: 'Release in progress',
  panels: [
    {
      ...{ kind: 'table', title: 'Phase', unit: 'state', noData: NO_RELEASE },
      description: 'Where the release is. A paused one waits for a person, a degraded one was aborted.',
      columns: { name: 'Rollout', phase: 'Phase', strategy: 'Strategy' },
      values: ['Is so'],
      queries: [{ expr: `max by (name, phase, strategy) (rollout_info${ROLLOUT})`, legend: '' }],
    },
    {
      ...{ kind: 'time-series', title: 'Pods of the release', unit: 'pods', noData: NO_RELEASE },
      description: 'Pods that are wanted, that are available, and that run the new version.',
      queries: [
        { expr: `max(rollout_info_replicas_desired${ROLLOUT})`, legend: 'wanted' },
        { expr: `max(rollout_info_replicas_available${ROLLOUT})`, legend: 'available' },
        { expr: `max(rollout_info_replicas_updated${ROLLOUT})`, legend: 'new version' },
      ],
    },
    {
      ...{ kind: 'time-series', title: 'Requests of each version', unit: 'requests/s', noData: NO_REQUESTS },
      description: 'Requests per second by version: the hash of the pods of one version.',
      stacked: true,
      queries: [
        {
          expr: rateOf(api.requests, own, 'rollouts_pod_template_hash'),
          legend: 'version {{rollouts_pod_template_hash}}',
        },
      ],
    },
  ],
};

/** One web service: rate, errors and duration beside what it promises, its replicas, and a release. */
export const webServiceDashboard: DashboardSpec = {
  name: 'web-service',
  title: 'Web service',
  description: 'Are requests answered well and fast enough, and does a release in progress change that.',
  variables: [
    { name: 'workload', label: 'Service', of: { series: countSeries(api.duration), label: 'service' } },
    {
      ...{ name: 'namespace', label: 'namespace', choice: 'hidden' },
      of: { series: countSeries(api.duration, { service }), label: 'namespace' },
    },
  ],
  rows: [red, replicas, release],
};
