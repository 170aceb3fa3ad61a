import { baseOf } from '../../decide/decide.ts';
import type { BasePolicy, LatchPolicy, Policy, SchedulePolicy } from '../../policy.ts';
import { messagesPerReplica, queriesOf, thousandths, workQuery } from '../hpa/metric.ts';
import { asksCluster, asksSentinels } from '../scaler/check.ts';
import type { ManagementSource, PrometheusSource, RedisSource } from '../scaler/file.ts';
import type { KedaWorkload, LoginName, Trigger, TriggerAuthentication } from './compile.ts';

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
  if (source.kind === 'redis') return redisTriggers(name, source, policy);
  return [
    source.kind === 'management' ? brokerTrigger(name, source, policy) : prometheusTrigger(source, policy),
  ];
}

/** Over HTTP the broker reports ready + unacked; over AMQP it would report only ready messages. */
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

/** Where BullMQ keeps what can be taken and what is in work. What is delayed is not counted before BullMQ moves it. */
const REDIS_KEYS = ['wait', 'prioritized', 'active'] as const;

/** A trigger for each key: KEDA reports the length of a list or of a sorted set. */
function redisTriggers(name: string, source: RedisSource, policy: BasePolicy): readonly Trigger[] {
  const { protocol, pathname } = new URL(source.url.replace(/,[^/?]*/, ''));
  const { type, ...address } = redisAddress(source.url);
  return REDIS_KEYS.map((key) => ({
    type,
    ...METRIC,
    metadata: {
      ...address,
      listName: `${source.prefix}:${source.queue}:${key}`,
      listLength: wholeThreshold(policy),
      activationListLength: '0',
      // A Cluster has one database, and no trigger of it takes a number.
      ...(type !== 'redis-cluster' && { databaseIndex: pathname.replaceAll('/', '') || '0' }),
      ...(protocol === 'rediss:' && { enableTLS: 'true' }),
    },
    ...(source.username !== undefined && { authenticationRef: { name } }),
  }));
}

/** The kind of the trigger, and where it asks. */
function redisAddress(url: string) {
  if (asksSentinels(url)) return { type: 'redis-sentinel' as const, ...sentinelAddress(url) };
  if (asksCluster(url)) return { type: 'redis-cluster' as const, addresses: addressesOf(url, 6379) };
  return { type: 'redis' as const, address: serverAddress(url) };
}

const serverAddress = (url: string): string => {
  const { host, port } = new URL(url);
  return port === '' ? `${host}:6379` : host;
};

/** Every Sentinel, and the name of the master that they know. */
function sentinelAddress(url: string) {
  const [, sentinelMaster = ''] = /\?sentinel=(.*)$/.exec(url) ?? [];
  return { addresses: addressesOf(url, 26_379), sentinelMaster };
}

/** Every host of a URL with a port, separated by commas. */
function addressesOf(url: string, otherwise: number): string {
  const [, hosts = ''] = /\/\/([^/?]+)/.exec(url) ?? [];
  return hosts
    .split(',')
    .map((host) => (/:\d+$/.test(host) ? host : `${host}:${otherwise}`))
    .join(',');
}

const prometheusTrigger = (source: PrometheusSource, policy: BasePolicy): Trigger => ({
  type: 'prometheus',
  ...METRIC,
  metadata: {
    serverAddress: source.url,
    query: policy.kind === 'latch' ? latchQuery(policy, source) : workQuery(source, policy.staleAfterSeconds),
    threshold: threshold(policy),
    activationThreshold: '0',
    // By default a missing answer counts as 0 messages, which removes every replica.
    ignoreNullValues: 'false',
  },
});

/** A latch's query already returns replicas. */
const threshold = (policy: BasePolicy): string => String(thousandths(messagesPerReplica(policy) ?? 1) / 1000);

/** KEDA reads the length per replica of a list as a whole number. */
const wholeThreshold = (policy: BasePolicy): string =>
  String(Math.max(1, Math.floor(messagesPerReplica(policy) ?? 1)));

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

/** The user of the broker or of Redis: its name by a ConfigMap, its password by a Secret, because a ScaledObject lies in git. */
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

/** How far back Prometheus is asked, and how finely. */
const STEP_SECONDS = 5;
const MEMORY = `[1h:${STEP_SECONDS}s]`;

/**
 * PromQL for a latch: maxReplicas while it is open, else 0; empty while the queue cannot be read. KEDA has no
 * memory, but Prometheus has: the latch is open when its last start is later than its last stop.
 */
export function latchQuery(policy: LatchPolicy, source: PrometheusSource): string {
  const { startWhen, stopWhen, maxReplicas, staleAfterSeconds } = policy;
  const ready = `sum(${source.readyQuery})`;
  const work = queriesOf(source)
    .map((query) => `sum(${query})`)
    .join(' + ');
  const mark =
    'readyAtLeast' in startWhen
      ? `${ready} >= ${startWhen.readyAtLeast}`
      : `${ready} > ${startWhen.readyAbove}`;
  // The oldest message has waited at least as long as the queue has not been empty.
  const waited = `min_over_time(${ready}[${Math.max(STEP_SECONDS, Math.ceil(startWhen.oldestWaitSeconds ?? 0))}s:${STEP_SECONDS}s]) > 0`;
  const start = startWhen.oldestWaitSeconds === undefined ? mark : `(${mark}) or (${waited})`;
  const stop = stopWhen === 'drained' ? `(${work}) == 0` : `${ready} == 0`;
  const open = `(${last(start)} > bool (${last(stop)} or vector(0))) or vector(0)`;
  return `${maxReplicas} * (${open}) and (${workQuery(source, staleAfterSeconds)})`;
}

const last = (condition: string): string => `max_over_time(timestamp(${condition})${MEMORY})`;
