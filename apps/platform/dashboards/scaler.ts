import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import { fromLeader } from '../../../charts/scaler.ts';
import { scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import { countedIn, series } from '../../../packages/contracts/metrics/metric.ts';
import { FLAPS, FROZEN_SECONDS } from '../scaler-alerts.ts';
import { countOf, orNone } from './queries.ts';

const workload = { '=~': '$workload' } as const;
const ofLeader = (selected: string): string => `max by (workload) (${fromLeader(selected)})`;
const inSpan = (counter: string): string =>
  orNone(`sum(${countedIn(counter, '$__range')})`, series(scaler.leader));
const NO_SCALER = 'No scaler reports: none runs, or Prometheus cannot scrape it.';
const details = { title: 'Queue workload', url: '/d/sluice-queue-workload' };

/** The control loop: whether it reads, what it decides, and whether its writes succeed. */
export const scalerDashboard: DashboardSpec = {
  name: 'scaler',
  title: 'Scaler',
  description: 'Does every replica count follow its load: readings, decisions and writes of the scaler.',
  variables: [
    {
      ...{ name: 'workload', label: 'Workload', choice: 'all' },
      of: { series: scaler.desiredReplicas.name, label: 'workload' },
    },
  ],
  rows: [
    {
      title: 'Does it work?',
      panels: [
        {
          ...{ kind: 'stat', title: 'Leaders', unit: 'count', width: 6, noData: NO_SCALER },
          description:
            'Scalers that hold the leader Lease: exactly one. Without one no replica count changes.',
          marks: [{ from: 2, color: 'red' }],
          queries: [{ expr: `sum(${series(scaler.leader)})`, legend: 'leaders' }],
        },
        {
          ...{ kind: 'stat', title: 'Oldest reading', unit: 'seconds', width: 6, noData: NO_SCALER },
          description: `The age of the last good reading of the workload that was read longest ago. Beyond ${FROZEN_SECONDS} s its count is frozen and an alert fires.`,
          marks: [
            { from: FROZEN_SECONDS / 2, color: 'yellow' },
            { from: FROZEN_SECONDS, color: 'red' },
          ],
          queries: [{ expr: `max(${ofLeader(series(scaler.readingAge, { workload }))})`, legend: 'oldest' }],
        },
        {
          ...{
            kind: 'stat',
            title: 'Failed readings in this time span',
            unit: 'count',
            width: 6,
            decimals: 0,
          },
          description: 'Readings that decided nothing. The count stays as it is until one succeeds.',
          noData: NO_SCALER,
          marks: [{ from: 5, color: 'yellow' }],
          queries: [
            {
              expr: inSpan(series(scaler.readingFailures, { workload })),
              legend: 'failed',
            },
          ],
        },
        {
          ...{ kind: 'stat', title: 'Failed writes in this time span', unit: 'count', width: 6, decimals: 0 },
          description: 'Reads and writes of a replica count that the API server refused or did not answer.',
          noData: NO_SCALER,
          marks: [{ from: 3, color: 'red' }],
          queries: [
            {
              expr: inSpan(series(scaler.targetFailures, { workload })),
              legend: 'failed',
            },
          ],
        },
      ],
    },
    {
      title: 'What it reads',
      panels: [
        {
          ...{
            kind: 'time-series',
            title: 'Backlog that was read',
            unit: 'messages',
            noData: NO_SCALER,
            details,
          },
          description: 'Ready messages and messages in work at the last reading.',
          queries: [
            {
              expr: `max by (workload, state) (${fromLeader(series(scaler.backlog, { workload }))})`,
              legend: '{{workload}} {{state}}',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Oldest message that was read', unit: 'seconds' },
          description: 'The age of the oldest ready message, by the broker or since the scaler first saw it.',
          noData: 'No message waits whose age is known.',
          queries: [{ expr: ofLeader(series(scaler.oldestWait, { workload })), legend: '{{workload}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Age of the readings', unit: 'seconds', noData: NO_SCALER },
          description: `How old the last good reading of each workload is. An alert fires beyond ${FROZEN_SECONDS} s.`,
          marks: [{ from: FROZEN_SECONDS, color: 'red' }],
          queries: [{ expr: ofLeader(series(scaler.readingAge, { workload })), legend: '{{workload}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Failed readings by cause', unit: 'failures', axisSoftMax: 1 },
          description:
            'Readings that failed in each interval. The cause tells where to look: the network, the broker, its permissions, or the queue.',
          noData: 'No reading has failed since the scaler started.',
          queries: [
            {
              expr: countOf(scaler.readingFailures, { workload }, 'workload, cause'),
              legend: '{{workload}} {{cause}}',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Measured arrivals', unit: 'messages/s' },
          description: 'Messages published per second, for policies that follow arrivals.',
          noData: 'No policy of these workloads follows arrivals.',
          queries: [{ expr: ofLeader(series(scaler.arrivals, { workload })), legend: '{{workload}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Measured service time', unit: 'seconds' },
          description: 'Seconds that one message is in work, for policies that need it.',
          noData: 'No policy of these workloads measures the service time.',
          queries: [{ expr: ofLeader(series(scaler.serviceTime, { workload })), legend: '{{workload}}' }],
        },
      ],
    },
    {
      title: 'What it decides',
      panels: [
        {
          ...{ kind: 'time-series', title: 'Replicas wanted', unit: 'replicas', noData: NO_SCALER, details },
          description: `What the last decision wants. More than ${FLAPS} reductions in 30 minutes are an alert.`,
          queries: [{ expr: ofLeader(series(scaler.desiredReplicas, { workload })), legend: '{{workload}}' }],
        },
        {
          ...{ kind: 'time-series', title: 'Wanted and not yet asked for', unit: 'replicas', axisSoftMax: 1 },
          description: 'How far the count that the target asks for is from what the scaler wants.',
          noData: NO_SCALER,
          queries: [
            {
              expr: `abs(${ofLeader(series(scaler.desiredReplicas, { workload }))} - ${ofLeader(series(scaler.currentReplicas, { workload }))})`,
              legend: '{{workload}}',
            },
          ],
        },
        {
          ...{ kind: 'time-series', title: 'Reasons of decisions', unit: 'decisions', noData: NO_SCALER },
          description: 'Decisions in each interval by the reason that set the count.',
          stacked: true,
          queries: [{ expr: countOf(scaler.decisions, { workload }, 'reason'), legend: '{{reason}}' }],
        },
      ],
    },
  ],
};
