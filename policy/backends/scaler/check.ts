import { DNS_LABEL, DNS_NAME, isDnsLabel, isDnsName, MAX_TIMER_SECONDS } from '../../bounds.ts';
import { checkPolicy } from '../../construct/check-policy.ts';
import { Checker, FaultsError, type Fields, isRecord } from '../../faults.ts';

/** A scaler's file that cannot be followed. */
export class ScalerConfigError extends FaultsError {
  override readonly name = 'ScalerConfigError';

  constructor(faults: readonly string[]) {
    super('Invalid scaler configuration', faults);
  }
}

/** Every fault of data that claims to be a scaler's file, clauses that its sources cannot keep aside. */
export function configFaults(data: unknown): readonly string[] {
  const checker = new Checker();
  if (isRecord(data)) checkConfig(data, checker);
  else checker.fault('config', data, 'must be an object');
  return checker.faults;
}

/** Every fault of one workload by itself. */
export function workloadFaults(workload: unknown): readonly string[] {
  const checker = new Checker();
  if (isRecord(workload)) checkWorkload(workload, undefined, checker);
  else checker.fault('workload', workload, 'must be an object');
  return checker.faults;
}

function checkConfig(data: Fields, checker: Checker): void {
  checker.onlyKeys(data, ['pollSeconds', 'idlePollSeconds', 'workloads']);
  const poll = checker.number(data, 'pollSeconds', { above: 0, max: 3600 });
  if (data.idlePollSeconds !== undefined) {
    checker.number(data, 'idlePollSeconds', { above: 0, max: 3600 });
    checker.ordered(data, 'idlePollSeconds', 'pollSeconds');
  }
  checkPace(data, checker);
  const workloads = checker.list(data, 'workloads');
  const list = checker.at('workloads');
  workloads.forEach((workload, index) => {
    if (isRecord(workload)) checkWorkload(workload, poll, list.at(index));
    else list.fault(index, workload, 'must be an object');
  });
  checkUnique(workloads, list, 'name', (workload) => workload.name);
  checkUnique(workloads, list, 'target', objectOf('deployment'));
  checkUnique(workloads, list, 'target', objectOf('hpa'));
}

/** Faster than this, a scaler does nothing but ask. */
const FASTEST_POLL_SECONDS = 0.01;

function checkPace(data: Fields, checker: Checker): void {
  for (const key of ['pollSeconds', 'idlePollSeconds']) {
    const seconds = data[key];
    if (typeof seconds === 'number' && seconds > 0 && seconds < FASTEST_POLL_SECONDS)
      checker.fault(key, seconds, `must be at least ${FASTEST_POLL_SECONDS}`);
  }
}

function checkWorkload(workload: Fields, poll: number | undefined, checker: Checker): void {
  checker.onlyKeys(workload, ['name', 'source', 'target', 'policy']);
  const name = checker.text(workload, 'name');
  if (name !== undefined && !isDnsLabel(name)) checker.fault('name', name, DNS_LABEL);
  const source = checker.record(workload, 'source');
  if (source !== undefined) checkSource(source, checker.at('source'));
  const target = checker.record(workload, 'target');
  if (target !== undefined) checkTarget(target, checker.at('target'));
  const policy = checker.record(workload, 'policy');
  if (policy === undefined) return;
  checkPolicy(policy, checker.at('policy'));
  checkFit(workload, checker);
  if (poll !== undefined) checkFreshness(policy, poll, checker.at('policy'));
}

/** One late poll must not make every reading stale: 5 s polls need at least 10 s. */
function checkFreshness(policy: Fields, poll: number, checker: Checker): void {
  if (policy.kind === 'schedule') {
    if (isRecord(policy.policy)) checkFreshness(policy.policy, poll, checker.at('policy'));
    return;
  }
  const stale = policy.staleAfterSeconds;
  if (typeof stale !== 'number' || stale >= 2 * poll) return;
  checker.fault('staleAfterSeconds', stale, `must be at least twice 'pollSeconds' (${poll})`);
}

/** A count has exactly one owner, so neither names nor objects may repeat. */
function checkUnique(
  workloads: readonly unknown[],
  checker: Checker,
  key: string,
  keyOf: (workload: Fields) => unknown,
): void {
  const firsts = new Map<unknown, number>();
  workloads.forEach((workload, index) => {
    const value = isRecord(workload) ? keyOf(workload) : undefined;
    const first = firsts.get(value);
    if (value === undefined) return;
    if (first === undefined) firsts.set(value, index);
    else checker.at(index).fault(key, value, `must be unique: workloads[${first}] has it already`);
  });
}

const objectOf =
  (kind: string) =>
  ({ target }: Fields): string | undefined =>
    isRecord(target) && target.kind === kind ? `${target.namespace}/${target.name}` : undefined;

const KEYS: Readonly<Record<string, readonly string[]>> = {
  management: ['url', 'vhost', 'queue', 'username', 'passwordFile'],
  'detailed-metrics': ['url', 'vhost', 'queue'],
  prometheus: ['url', 'readyQuery'],
  redis: ['url', 'prefix', 'queue'],
  clock: [],
};

const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  management: ['caFile'],
  'detailed-metrics': ['caFile'],
  prometheus: ['unackedQuery', 'publishedQuery', 'acknowledgedQuery', 'caFile'],
  redis: ['username', 'passwordFile', 'caFile'],
};

/** Adds every fault of the source of a backlog in the scaler's file. */
export function checkSource(source: Fields, checker: Checker): void {
  checker.oneOf(source, 'kind', Object.keys(KEYS));
  const required = KEYS[String(source.kind)];
  if (required === undefined) return;
  const optional = OPTIONAL[String(source.kind)] ?? [];
  checker.onlyKeys(source, ['kind', ...required, ...optional]);
  for (const key of required) checker.text(source, key);
  for (const key of optional) if (source[key] !== undefined) checker.text(source, key);
  if (source.kind === 'redis') {
    checkRedisUrl(source.url, checker);
    checkSlot(source, checker);
    checkAuthorities(source, 'redis', checker);
    return;
  }
  checkUrl(source.url, checker);
  checkAuthorities(source, 'http', checker);
  const { username } = source;
  if (typeof username === 'string' && username.includes(':'))
    checker.fault('username', username, "must not hold ':', which ends a name in HTTP");
}

/** Who names authorities means that the server is verified. */
function checkAuthorities({ url, caFile }: Fields, scheme: 'http' | 'redis', checker: Checker): void {
  if (caFile === undefined || !String(url).startsWith(`${scheme}://`)) return;
  const constraint = `must have a 'url' of scheme ${scheme}s: in clear text no server is verified`;
  checker.fault('caFile', caFile, constraint);
}

/** A host and at most a path: whatever reads it, reads the same. */
const BASE_URL = /^https?:\/\/[^\s/?#@\\"<>^`{|}\p{Cc}]+(\/[^\s?#@\\"<>^`{|}\p{Cc}]*)?$/iu;

/**
 * Credentials in a URL end in logs and in git: the file names only the path of a password. The scaler reads the
 * same URLs with the runtime's parser; a test holds that both take the same.
 */
function checkUrl(url: unknown, checker: Checker): void {
  if (typeof url !== 'string' || url === '') return;
  if (url.includes('@')) {
    checker.fault('url', CONCEALED, 'must hold no user name and no password');
    return;
  }
  const parsed = BASE_URL.test(url) ? URL.parse(url) : null;
  if (parsed !== null && parsed.hostname !== '' && parsed.port !== '0') return;
  const shown = SHOWABLE.test(url) ? url : CONCEALED;
  checker.fault('url', shown, 'must be http:// or https://, a host and at most a port and a path');
}

/** A host and at most a port and the number of a database. */
const REDIS_URL = /^rediss?:\/\/[^\s,/?#@\\"<>^`{|}\p{Cc}]+(\/\d{1,4})?$/iu;
/** Hosts of Sentinels, and the name of the master that they know. */
const SENTINEL_URL = /^rediss?:\/\/[\w.-]+(:\d{1,5})?(,[\w.-]+(:\d{1,5})?)*(\/\d{1,4})?\?sentinel=[\w.-]+$/i;

/** Hosts of some nodes of a Redis Cluster. */
const CLUSTER_URL = /^rediss?:\/\/[\w.-]+(:\d{1,5})?(,[\w.-]+(:\d{1,5})?)*(\/0?)?\?cluster$/i;
/** The part of a key that a Redis Cluster places it by. */
const HASH_TAG = /\{[^{}]+\}/;

/** Whether a URL names a master that Sentinels know. */
export const asksSentinels = (url: string): boolean => SENTINEL_URL.test(url);

/** Whether a URL names nodes of a Redis Cluster. */
export const asksCluster = (url: string): boolean => CLUSTER_URL.test(url);

/** A queue is several keys, which are read and moved together: on a Cluster they must be in one slot. */
function checkSlot({ url, prefix, queue }: Fields, checker: Checker): void {
  if (typeof url !== 'string' || !asksCluster(url) || HASH_TAG.test(`${prefix}:${queue}`)) return;
  checker.fault(
    'prefix',
    prefix,
    'must hold a part in braces, such as {shop}: a Redis Cluster keeps a queue in one slot',
  );
}

function checkRedisUrl(url: unknown, checker: Checker): void {
  if (typeof url !== 'string' || url === '') return;
  if (url.includes('@')) checker.fault('url', CONCEALED, 'must hold no user name and no password');
  else if (!asksSentinels(url) && !asksCluster(url) && (!REDIS_URL.test(url) || URL.parse(url) === null))
    checker.fault(
      'url',
      SHOWABLE.test(url) ? url : CONCEALED,
      'must be redis:// or rediss://, a host and at most a port and a database, or Sentinels and ?sentinel=name, or nodes and ?cluster',
    );
}

const CONCEALED = 'not shown: it may hold a password';
/** No part of it can be taken for a password. */
const SHOWABLE = /^[a-z][a-z\d+.-]*:\/\/[a-z\d.-]+(:\d+)?(\/[\w./-]*)?$/i;

/** Adds every fault of the target of a workload in the scaler's file. */
export function checkTarget(target: Fields, checker: Checker): void {
  checker.oneOf(target, 'kind', ['deployment', 'hpa', 'process']);
  if (target.kind === 'deployment' || target.kind === 'hpa') checkObject(target, checker);
  if (target.kind === 'process') checkProcess(target, checker);
}

function checkObject(target: Fields, checker: Checker): void {
  checker.onlyKeys(target, ['kind', 'namespace', 'name']);
  const namespace = checker.text(target, 'namespace');
  if (namespace !== undefined && !isDnsLabel(namespace)) checker.fault('namespace', namespace, DNS_LABEL);
  const name = checker.text(target, 'name');
  if (name !== undefined && !isDnsName(name)) checker.fault('name', name, DNS_NAME);
}

function checkProcess(target: Fields, checker: Checker): void {
  checker.onlyKeys(target, ['kind', 'command', 'env', 'graceSeconds']);
  checker.number(target, 'graceSeconds', { min: 0, limit: MAX_TIMER_SECONDS });
  const command = checker.list(target, 'command');
  if (Array.isArray(target.command) && command.length === 0) {
    checker.fault('command', command, 'must name a program');
  }
  command.forEach((word, index) => {
    if (typeof word !== 'string') checker.at('command').fault(index, word, 'must be a text');
  });
  const env = checker.record(target, 'env');
  if (isRecord(env)) checkEnv(env, checker.at('env'));
}

/** Values are not repeated: an environment may hold secrets. */
function checkEnv(env: Fields, checker: Checker): void {
  for (const [key, value] of Object.entries(env)) {
    if (typeof value !== 'string') checker.faults.push(`'${checker.path(key)}' must be a text`);
  }
}

/** Whether source, policy and target of one workload fit together; other checks cover each of them alone. */
export function checkFit({ source, target, policy }: Fields, checker: Checker): void {
  if (!isRecord(source) || !isRecord(policy)) return;
  const scheduled = policy.kind === 'schedule';
  const base = scheduled ? policy.policy : policy;
  if (!isRecord(base)) return;
  checkSourceOf(base, source, checker);
  if (isRecord(target) && target.kind === 'hpa') {
    const policyChecker = checker.at('policy');
    checkMinimum(base, source, checker, scheduled ? policyChecker.at('policy') : policyChecker);
  }
}

const FOLLOWING = ['latch', 'proportional', 'drain', 'flow'];

/** A backlog that is always 0 would close what follows it; one that no policy follows is read in vain. */
function checkSourceOf({ kind }: Fields, source: Fields, checker: Checker): void {
  const timed = source.kind === 'clock';
  if (timed && FOLLOWING.includes(String(kind)))
    checker.at('source').fault('kind', source.kind, `must tell a backlog: a policy '${kind}' follows one`);
  if (!timed && kind === 'constant')
    checker.at('source').fault('kind', source.kind, "must be clock: a policy 'constant' follows no backlog");
}

/** The HPA follows the load: two that do would take turns at its minimum. */
function checkMinimum(base: Fields, source: Fields, checker: Checker, policy: Checker): void {
  if (source.kind !== 'clock' && base.kind !== 'constant')
    checker
      .at('source')
      .fault('kind', source.kind, "must be clock for a target 'hpa': the HPA follows the load");
  if (typeof base.minReplicas === 'number' && base.minReplicas < 1)
    policy.fault('minReplicas', base.minReplicas, "must be at least 1 for a target 'hpa'");
}
