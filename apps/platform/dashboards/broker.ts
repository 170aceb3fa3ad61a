import type { DashboardSpec, Row } from '../../../charts/dashboards/dashboard.ts';
import type { StatProps } from '../../../charts/dashboards/panel.ts';
import { type BrokerLimits, FREE_SHARE, MEMORY_SHARE, QUEUE_MESSAGES } from '../broker-alerts.ts';

const NO_BROKER = 'The broker reports nothing: it is down, or Prometheus cannot scrape it.';

const of = ({ namespace, metricPrefix }: BrokerLimits, series: string): string =>
  `${metricPrefix}_${series}{namespace="${namespace}"}`;

const perSecond = (limits: BrokerLimits, series: string): string =>
  `sum(rate(${of(limits, series)}[$__rate_interval]))`;

const memoryShare = (limits: BrokerLimits): string =>
  `max(${of(limits, 'process_resident_memory_bytes')} / ${of(limits, 'resident_memory_limit_bytes')})`;

const diskShare = (limits: BrokerLimits): string =>
  `clamp_min(1 - min(${of(limits, 'disk_space_available_bytes')}) / ${limits.volumeBytes}, 0)`;

const PARKED: StatProps = {
  ...{
    kind: 'stat',
    title: 'Parked jobs of all queues',
    unit: 'jobs',
    width: 5,
    noData: NO_BROKER,
  },
  description: 'Messages of all parking queues. They stay until a person takes them.',
  marks: [{ from: 1, color: 'orange' }],
  queries: [{ expr: `sum(${QUEUE_MESSAGES.ready}{queue=~".*[.]parked"})`, legend: 'parked' }],
};

const state = (limits: BrokerLimits): Row => ({
  title: 'Is it well?',
  panels: [
    {
      ...{ kind: 'stat', title: 'Broker', unit: 'state', width: 4, texts: { '0': 'down', '1': 'up' } },
      description:
        'Whether Prometheus can scrape the broker. While it is down nothing is published or delivered.',
      noData: 'Prometheus has no such target: look at the ServiceMonitor of the broker.',
      marks: [{ from: 1, color: 'green' }],
      queries: [
        {
          expr: `max(up{namespace="${limits.namespace}",job="${limits.job}",metrics_path="/metrics"})`,
          legend: 'up',
        },
      ],
    },
    {
      ...{
        kind: 'stat',
        title: 'Memory used',
        unit: 'share',
        width: 5,
        noData: NO_BROKER,
        decimals: 1,
      },
      description: `The used share of its memory limit, at which it blocks every publisher. An alert fires above ${100 * MEMORY_SHARE} %.`,
      marks: [
        { from: 0.6, color: 'yellow' },
        { from: MEMORY_SHARE, color: 'red' },
      ],
      queries: [{ expr: memoryShare(limits), legend: 'memory' }],
    },
    {
      ...{ kind: 'stat', title: 'Disk used', unit: 'share', width: 5, noData: NO_BROKER, decimals: 1 },
      description: `The used share of its volume. An alert fires when less than ${100 * FREE_SHARE} % is free.`,
      marks: [
        { from: 1 - 2 * FREE_SHARE, color: 'yellow' },
        { from: 1 - FREE_SHARE, color: 'red' },
      ],
      queries: [
        {
          expr: diskShare(limits),
          legend: 'disk',
        },
      ],
    },
    {
      ...{ kind: 'stat', title: 'Open connections', unit: 'connections', width: 5, noData: NO_BROKER },
      description: `Connections of all clients. All known clients together need at most ${limits.connections}.`,
      marks: [{ from: limits.connections, color: 'orange' }],
      queries: [{ expr: `sum(${of(limits, 'connections')})`, legend: 'connections' }],
    },
    PARKED,
  ],
});

const queues = (limits: BrokerLimits): Row => ({
  title: 'Queues',
  panels: [
    {
      ...{ kind: 'time-series', title: 'Ready messages', unit: 'messages', noData: NO_BROKER },
      description: 'Messages that wait in each queue.',
      details: { title: 'Queue workload', url: '/d/sluice-queue-workload' },
      queries: [{ expr: `${QUEUE_MESSAGES.ready}{queue=~"$queue"}`, legend: '{{queue}}' }],
    },
    {
      ...{ kind: 'time-series', title: 'Unacknowledged messages', unit: 'messages', noData: NO_BROKER },
      description: 'Messages that consumers hold. They come back when their consumer is gone.',
      queries: [{ expr: `${QUEUE_MESSAGES.unacked}{queue=~"$queue"}`, legend: '{{queue}}' }],
    },
    {
      ...{ kind: 'time-series', title: 'Message rates', unit: 'messages/s', noData: NO_BROKER },
      description:
        'Messages delivered, acknowledged, delivered again and confirmed to publishers per second, of all queues.',
      queries: [
        { expr: perSecond(limits, 'global_messages_delivered_total'), legend: 'delivered' },
        { expr: perSecond(limits, 'global_messages_acknowledged_total'), legend: 'acknowledged' },
        { expr: perSecond(limits, 'global_messages_redelivered_total'), legend: 'delivered again' },
        { expr: perSecond(limits, 'global_messages_confirmed_total'), legend: 'confirmed' },
      ],
    },
  ],
});

const clients = (limits: BrokerLimits): Row => ({
  title: 'Clients and resources',
  panels: [
    {
      ...{ kind: 'time-series', title: 'Connections and channels', unit: 'count', noData: NO_BROKER },
      description: `Connections, channels and consumers. Connections that only grow are not closed; ${limits.connections} are enough for all known clients.`,
      queries: [
        { expr: `sum(${of(limits, 'connections')})`, legend: 'connections' },
        { expr: `sum(${of(limits, 'channels')})`, legend: 'channels' },
        { expr: `sum(${of(limits, 'consumers')})`, legend: 'consumers' },
      ],
    },
    {
      ...{
        kind: 'time-series',
        title: 'Connections opened and closed',
        unit: 'connections/s',
        noData: NO_BROKER,
      },
      description:
        'Connections that are opened and closed per second. Many of both are clients that fail and come back.',
      queries: [
        { expr: perSecond(limits, 'connections_opened_total'), legend: 'opened' },
        { expr: perSecond(limits, 'connections_closed_total'), legend: 'closed' },
      ],
    },
    {
      ...{ kind: 'time-series', title: 'Used memory and disk', unit: 'share', noData: NO_BROKER },
      description: `The used share of its memory limit and of its volume. Alerts fire at ${100 * MEMORY_SHARE} % of either.`,
      axisSoftMax: 1,
      marks: [{ from: Math.min(MEMORY_SHARE, 1 - FREE_SHARE), color: 'red' }],
      queries: [
        { expr: memoryShare(limits), legend: 'memory' },
        { expr: diskShare(limits), legend: 'disk' },
      ],
    },
  ],
});

/** The broker, beside the numbers at which its alerts fire. */
export const brokerDashboard = (limits: BrokerLimits): DashboardSpec => ({
  name: 'broker',
  title: 'Broker',
  description: 'Does the broker take and deliver messages, and how near are its own alarms.',
  variables: [
    {
      ...{ name: 'queue', label: 'Queue', choice: 'all' },
      of: { series: QUEUE_MESSAGES.ready, label: 'queue' },
    },
  ],
  rows: [state(limits), queues(limits), clients(limits)],
});
