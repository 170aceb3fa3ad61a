import { baseOf } from '../decide/decide.ts';
import type { BasePolicy, Policy, SchedulePolicy } from '../policy.ts';
import { messagesPerReplica, thousandths, workQuery } from './hpa-metric.ts';
import { latchQuery } from './keda-latch.ts';
import type { KedaWorkload, LoginName, Trigger, TriggerAuthentication } from './keda-types.ts';
import type { ManagementSource, PrometheusSource } from './scaler-config.ts';

const METRIC = { metricType: 'AverageValue' } as const;

/** What the count follows: KEDA's HPA takes the highest answer, so a cron trigger raises the floor. */
export function triggersOf({ target: { name }, source, policy }: KedaWorkload): readonly Trigger[] {
  return [...backlogTriggers(name, source, baseOf(policy)), ...windowTriggers(policy)];
}

function backlogTriggers(
  name: string,
  source: KedaWorkload['source'],
  policy: BasePolicy,
): readonly Trigger[] {
  if (source.kind === 'clock') return [];
  return [
    source.kind === 'management' ? brokerTrigger(name, source, policy) : prometheusTrigger(source, policy),
  ];
}

/** Over HTTP the broker tells ready + unacked; over AMQP it would tell only what is ready. */
const brokerTrigger = (
  name: string,
  { url, vhost, queue }: ManagementSource,
  policy: BasePolicy,
): Trigger => ({
  type: 'rabbitmq',
  ...METRIC,
  metadata: {
    protocol: 'http',
    host: url,
    vhostName: vhost,
    queueName: queue,
    mode: 'QueueLength',
    value: threshold(policy),
    activationValue: '0',
    excludeUnacknowledged: 'false',
  },
  authenticationRef: { name },
});

const prometheusTrigger = (source: PrometheusSource, policy: BasePolicy): Trigger => ({
  type: 'prometheus',
  ...METRIC,
  metadata: {
    serverAddress: source.url,
    query: policy.kind === 'latch' ? latchQuery(policy, source) : workQuery(source, policy.staleAfterSeconds),
    threshold: threshold(policy),
    activationThreshold: '0',
    // By default no answer counts as 0 messages, and every replica goes.
    ignoreNullValues: 'false',
  },
});

/** A latch's query already tells replicas. */
const threshold = (policy: BasePolicy): string => String(thousandths(messagesPerReplica(policy) ?? 1) / 1000);

function windowTriggers(policy: Policy): readonly Trigger[] {
  if (policy.kind !== 'schedule') return [];
  return policy.windows.map((window) => windowTrigger(policy, window));
}

const windowTrigger = (
  { timeZone }: SchedulePolicy,
  { start, end, minReplicas }: SchedulePolicy['windows'][number],
): Trigger => ({
  type: 'cron',
  ...METRIC,
  metadata: { timezone: timeZone, start, end, desiredReplicas: String(minReplicas) },
});

/** The broker's user: its name by a ConfigMap, its password by a Secret, because a ScaledObject lies in git. */
export function authentication(
  { name, namespace }: KedaWorkload['target'],
  username: string,
  secret: string,
): readonly [TriggerAuthentication, LoginName] {
  const login = `${name}-keda`;
  return [
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'TriggerAuthentication',
      metadata: { name, namespace },
      spec: {
        configMapTargetRef: [{ parameter: 'username', name: login, key: 'username' }],
        secretTargetRef: [{ parameter: 'password', name: secret, key: 'password' }],
      },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: login, namespace }, data: { username } },
  ];
}
