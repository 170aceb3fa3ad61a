import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';

/** A series of the scaler that leads. */
export const led = (name: string, labels: string): string =>
  `${name}{pod="scaler-0",namespace="scaler"${labels && `,${labels}`}}`;
export const LEADER = { [led('sluice_scaler_leader', '')]: { well: 1, wrong: 1 } };

/** The value of a matcher in the rule's expression. */
export function selected(rule: AlertRule, label: string): string {
  const value = new RegExp(`[{,]${label}="([^"]+)"`).exec(rule.expr)?.[1];
  if (value === undefined) throw new Error(`${rule.name} selects nothing by ${label}`);
  return value;
}

/** The workload that the rule itself names. */
export const workloadOf = (rule: AlertRule): string => /"workload", "([^"]+)"/.exec(rule.expr)?.[1] ?? '';

/** The same of a queue in Redis, whose failed jobs are delayed. */
function retriesInRedis(queue: string): Scenario {
  const of = (state: string, pod: string) => `queue_jobs{queue="${queue}",state="${state}",pod="${pod}"}`;
  return {
    series: {
      // A burst of failures, which is over in time; then the exporter is rolled out anew while it lasts.
      [of('delayed', 'a')]: {
        ...{ well: 10, tolerated: (minute) => (minute < 34 ? 500 : 0) },
        wrong: (minute) => (minute < 45 ? 40 : null),
      },
      [of('delayed', 'b')]: { well: null, wrong: (minute) => (minute < 45 ? null : 40) },
      [of('waiting', 'a')]: { well: 100, wrong: 100 },
      [of('failed', 'a')]: { well: 100, wrong: 100 },
    },
    fires: [{ labels: { queue }, summary: `40 failed jobs of ${queue} wait for their next attempt.` }],
  };
}

/** Alerts of queue workers: of any, and of this repository's consumer. */
export const queueScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  ConsumersRestart: (rule) => {
    const namespace = selected(rule, 'namespace');
    const series = `kube_pod_container_status_restarts_total{namespace="${namespace}",pod="a",container="worker",uid="1"}`;
    return {
      series: {
        [series]: { well: 0, tolerated: (minute) => (minute < 30 ? 0 : 3), wrong: { perMinute: 1 } },
      },
      fires: [
        { labels: { namespace }, summary: `Containers of ${namespace} restarted 8 times in 15 minutes.` },
      ],
      ...{ within: 5, resolves: 15 },
    };
  },
  BacklogStandsStill: (rule) => {
    const workload = selected(rule, 'workload');
    const of = (name: string, more = '') => led(name, `workload="${workload}"${more}`);
    return {
      series: {
        ...LEADER,
        // It grows and shrinks: less than before within 15 minutes.
        [of('sluice_scaler_backlog', ',state="ready"')]: {
          well: 0,
          tolerated: (minute) => 100 - (minute % 10),
          wrong: 100,
        },
        [of('sluice_scaler_backlog', ',state="unacked"')]: { well: 0, tolerated: 25, wrong: 25 },
        [of('sluice_scaler_current_replicas')]: { well: 0, tolerated: 25, wrong: 25 },
      },
      fires: [
        {
          labels: { workload },
          summary: `The backlog of ${workload} has not become less in 15 minutes: 125 messages.`,
        },
      ],
      within: 36,
    };
  },
  JobsNotConsumed: (rule) => {
    const [namespace, queue] = [selected(rule, 'namespace'), selected(rule, 'queue')];
    const workload = workloadOf(rule);
    return {
      series: {
        [`kube_deployment_spec_replicas{namespace="${namespace}",deployment="${selected(rule, 'deployment')}"}`]:
          // Open with jobs in hand; then at its minimum with nothing to do.
          { well: 25, tolerated: 1, wrong: 25 },
        [`queue:messages_ready:max{queue="${queue}"}`]: { well: 100, tolerated: 0, wrong: 100 },
        [`queue:messages_unacked:max{queue="${queue}"}`]: { well: 3, tolerated: 0, wrong: 0 },
      },
      fires: [
        {
          labels: { workload },
          summary: `${workload} is open at 25 replicas, and none of them takes a job.`,
        },
      ],
    };
  },
  RetriesPileUp: (rule) => {
    const queue = selected(rule, 'queue');
    if (rule.expr.includes('queue_jobs')) return retriesInRedis(queue);
    const ready = (of: string) => `queue:messages_ready:max{queue="${of}"}`;
    return {
      series: {
        // A burst of failures, which has left the queue in time.
        [ready(queue)]: { well: 10, tolerated: (minute) => (minute < 34 ? 500 : 0), wrong: 40 },
        [ready(queue.replace(/\.retry$/, ''))]: { well: 100, tolerated: 100, wrong: 100 },
      },
      fires: [{ labels: { queue }, summary: `40 failed jobs wait in ${queue} for their next attempt.` }],
    };
  },
  JobsFail: (rule) => {
    const attempts = (outcome: string) =>
      `jobs_processed_total{namespace="${selected(rule, 'namespace')}",pod="a",outcome="${outcome}"}`;
    return {
      series: {
        [attempts('succeeded')]: {
          well: { perMinute: 20 },
          tolerated: { perMinute: 90 },
          wrong: { perMinute: 50 },
        },
        [attempts('retried')]: { well: 0, tolerated: { perMinute: 6 }, wrong: { perMinute: 40 } },
        [attempts('parked')]: { well: 0, tolerated: { perMinute: 3 }, wrong: { perMinute: 10 } },
      },
      fires: [{ summary: '50% of the attempts of 10 minutes failed.' }],
      ...{ within: 17, resolves: 12 },
    };
  },
  BacklogOlderThanObjective: (rule) => {
    const workload = selected(rule, 'workload');
    const seconds = Number(/> (\d+)$/.exec(rule.expr)?.[1]);
    return {
      series: {
        ...LEADER,
        [led('sluice_scaler_oldest_wait_seconds', `workload="${workload}",source="first-sight"`)]: {
          ...{ well: 1, tolerated: seconds, wrong: 3600 },
        },
      },
      fires: [{ labels: { workload }, summary: `The oldest message of ${workload} has waited 1h 0m 0s.` }],
    };
  },
  DrainBeyondObjective: (rule) => {
    const [workload, namespace] = [selected(rule, 'workload'), selected(rule, 'namespace')];
    const seconds = Number(/> (\d+)$/.exec(rule.expr)?.[1]);
    return {
      series: {
        ...LEADER,
        [led('sluice_scaler_backlog', `workload="${workload}",state="ready"`)]: {
          ...{ well: 0, tolerated: seconds, wrong: 7200 },
        },
        [`jobs_processed_total{namespace="${namespace}",pod="a",outcome="succeeded"}`]: {
          ...{ well: { perMinute: 60 }, wrong: { perMinute: 60 } },
        },
        // An attempt that is made again takes no job off the queue.
        [`jobs_processed_total{namespace="${namespace}",pod="a",outcome="retried"}`]: {
          ...{ well: 0, wrong: { perMinute: 600 } },
        },
      },
      fires: [
        { labels: { workload }, summary: `At its current speed ${workload} needs 2h 0m 0s for what waits.` },
      ],
    };
  },
  DeliveriesUnacked: (rule) => {
    const queue = selected(rule, 'queue');
    const most = Number(/> (\d+)$/.exec(rule.expr)?.[1]);
    return {
      series: {
        [`queue:messages_unacked:max{queue="${queue}"}`]: {
          ...{ well: 0, tolerated: most, wrong: most + 1 },
        },
      },
      fires: [
        {
          labels: { queue },
          summary: `${most + 1} messages of ${queue} are delivered and not acknowledged.`,
        },
      ],
    };
  },
  JobsParked: (rule) => {
    const queue = selected(rule, 'queue');
    const ready = (of: string) => `queue:messages_ready:max{queue="${of}"}`;
    return {
      series: {
        [ready(queue)]: { well: 0, wrong: 3 },
        [ready(queue.replace(/\.parked$/, ''))]: { well: 0, tolerated: 100, wrong: 100 },
      },
      fires: [{ labels: { queue }, summary: `3 jobs are parked in ${queue}.` }],
    };
  },
  JobsHeld: (rule) => ({
    series: { [`jobs_held{namespace="${selected(rule, 'namespace')}",pod="a"}`]: { well: 0, wrong: 2 } },
    fires: [{ summary: '2 failed jobs can neither be retried nor parked.' }],
  }),
  DeliveriesLost: (rule) => {
    const namespace = selected(rule, 'namespace');
    return {
      series: {
        [`jobs_redelivered_total{namespace="${namespace}",pod="a"}`]: {
          well: 0,
          tolerated: (minute) => (minute < 30 ? 0 : 4),
          wrong: { perMinute: 2 },
        },
      },
      fires: [{ labels: { namespace }, summary: '12 deliveries ended without an answer in 15 minutes.' }],
      ...{ within: 6, resolves: 16 },
    };
  },
};
