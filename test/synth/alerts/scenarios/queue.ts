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
    const [workload, namespace] = [selected(rule, 'workload'), selected(rule, 'namespace')];
    return {
      series: {
        ...LEADER,
        [led('sluice_scaler_current_replicas', `workload="${workload}"`)]: {
          well: 0,
          tolerated: 25,
          wrong: 25,
        },
        [`consumer_consuming{namespace="${namespace}",pod="a"}`]: { well: null, tolerated: 1, wrong: 0 },
      },
      fires: [
        { labels: { workload }, summary: `${workload} is open at 25 replicas, and none of them consumes.` },
      ],
    };
  },
  JobsRetried: (rule) => {
    const attempts = (outcome: string) =>
      `jobs_processed_total{namespace="${selected(rule, 'namespace')}",pod="a",outcome="${outcome}"}`;
    return {
      series: {
        [attempts('succeeded')]: { well: { perMinute: 20 }, wrong: { perMinute: 1 } },
        [attempts('retried')]: { well: 0, tolerated: { perMinute: 19 }, wrong: { perMinute: 20 } },
      },
      fires: [{ summary: '200 attempts failed within 10 minutes, more than succeeded.' }],
      ...{ within: 17, resolves: 12 },
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
