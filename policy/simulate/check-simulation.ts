import { checkPolicy } from '../construct/check-policy.ts';
import { highestFloor } from '../decide/recommend.ts';
import { Checker, FaultsError, type Fields, isRecord } from '../faults.ts';
import { isCounted } from './kubernetes.ts';
import type { ServiceSimulation } from './simulate-service.ts';
import type { Simulation } from './simulation.ts';

/** A simulation that cannot be run. */
export class SimulationError extends FaultsError {
  override readonly name = 'SimulationError';

  constructor(faults: readonly string[]) {
    super('Invalid simulation', faults);
  }
}

/** A simulation holds every replica, one by one. */
export const MAX_REPLICAS = 100_000;

/** 9999-01-01: before it every year has four digits. */
const MAX_INSTANT = Date.UTC(9999, 0);

const KEYS: readonly (keyof Simulation)[] = [
  'policy',
  'backend',
  'kubernetes',
  'arrivals',
  'timing',
  'seed',
  'seconds',
  'arrivalSeconds',
  'startAt',
  'initialReplicas',
  'brokerTellsAge',
  'blackouts',
  'scalerRestarts',
];

/** A year: what is longer is a mistake in the unit. */
export const MAX_SECONDS = 366 * 86_400;

/** Each is remembered: what is more would fill the memory. */
const MAX_JOBS = 20_000_000;

/** Faults that only all arrivals together show. @throws {SimulationError} */
export function checkExtent(seconds: number, jobs: number): void {
  const checker = new Checker();
  checker.integer({ seconds }, 'seconds', { min: 1, max: MAX_SECONDS });
  checker.integer({ jobs }, 'jobs', { max: MAX_JOBS });
  if (checker.faults.length > 0) throw new SimulationError(checker.faults);
}

/** @throws {SimulationError} with every fault at once */
export function checkSimulation(simulation: Simulation): void {
  const checker = new Checker();
  const data: Fields = { ...simulation };
  checker.onlyKeys(data, KEYS);
  const policy = checker.record(data, 'policy');
  if (policy !== undefined) {
    checkPolicy(policy, checker.at('policy'));
    checkSize(policy, checker.at('policy'));
  }
  checkOptions(data, checker);
  checkBackend(simulation, checker);
  const timing = checker.record(data, 'timing');
  if (timing !== undefined) checkTiming(timing, checker.at('timing'));
  const arrivals = checker.record(data, 'arrivals');
  if (arrivals !== undefined) checkArrivals(arrivals, checker.at('arrivals'));
  if (checker.faults.length > 0) throw new SimulationError(checker.faults);
}

function checkBackend({ backend, policy }: Simulation, checker: Checker): void {
  if (backend === undefined) return;
  checker.oneOf({ backend }, 'backend', ['scaler', 'hpa', 'keda']);
  if (backend === 'scaler' || !isRecord(policy) || isCounted(policy)) return;
  const rule = `must be scaler for a policy '${policy.kind}': an HPA counts messages by replica, as proportional does, and drain with 'meanServiceSeconds'`;
  checker.fault('backend', backend, rule);
}

/** The instants that a simulation can have, epoch seconds. */
const INSTANT = { limit: MAX_INSTANT };

/** Adds a fault where a policy has more replicas than a simulation can hold. */
function checkSize(policy: Fields, checker: Checker): void {
  if (isRecord(policy.policy)) checkSize(policy.policy, checker.at('policy'));
  const { maxReplicas } = policy;
  if (typeof maxReplicas === 'number' && maxReplicas > MAX_REPLICAS)
    checker.fault(
      'maxReplicas',
      maxReplicas,
      `must be at most ${MAX_REPLICAS}: a simulation holds every replica`,
    );
}

function checkOptions(data: Fields, checker: Checker): void {
  for (const key of ['seconds', 'arrivalSeconds'] as const) {
    if (data[key] !== undefined) checker.integer(data, key, { min: 1, max: MAX_SECONDS });
  }
  if (data.seed !== undefined) checker.integer(data, 'seed');
  if (data.startAt !== undefined) checker.integer(data, 'startAt', INSTANT);
  if (data.initialReplicas !== undefined)
    checker.integer(data, 'initialReplicas', { min: 0, limit: MAX_REPLICAS });
}

function checkTiming(timing: Fields, checker: Checker): void {
  checker.number(timing, 'pollSeconds', { min: 1, limit: MAX_SECONDS });
  checker.integer(timing, 'scrapeDelaySeconds', { min: 0, limit: MAX_SECONDS });
  checker.number(timing, 'podStartSeconds', { min: 0, limit: MAX_SECONDS });
  checker.number(timing, 'gracefulStopSeconds', { min: 0, limit: MAX_SECONDS });
  checker.boolean(timing, 'killsAfterGrace');
  const service = checker.record(timing, 'service');
  if (service === undefined) return;
  checker.at('service').oneOf(service, 'distribution', ['constant', 'uniform', 'exponential']);
  checker.at('service').number(service, 'meanSeconds', { above: 0, limit: MAX_SECONDS });
}

/** Adds every fault of the arrivals of a simulation. */
function checkArrivals(arrivals: Fields, checker: Checker): void {
  checker.oneOf(arrivals, 'kind', ['bursts', 'poisson', 'constant', 'sine', 'trace']);
  if (arrivals.kind === 'bursts') checkBursts(arrivals, checker);
  if (arrivals.kind === 'poisson' || arrivals.kind === 'constant') {
    checker.number(arrivals, 'perSecond', { min: 0, max: 1e6 });
  }
  if (arrivals.kind === 'sine') checkSine(arrivals, checker);
  if (arrivals.kind === 'trace') checkTrace(checker.list(arrivals, 'entries'), checker);
}

function checkBursts(arrivals: Fields, checker: Checker): void {
  checker.integer(arrivals, 'jobs', { min: 0, max: MAX_JOBS });
  checker.integer(arrivals, 'everySeconds', { min: 1, limit: MAX_SECONDS });
  if (arrivals.firstAtSeconds !== undefined)
    checker.integer(arrivals, 'firstAtSeconds', { min: 0, limit: MAX_SECONDS });
}

function checkSine(arrivals: Fields, checker: Checker): void {
  checker.number(arrivals, 'meanPerSecond', { min: 0, max: 1e6 });
  checker.number(arrivals, 'amplitude', { min: 0, max: 1 });
  checker.number(arrivals, 'periodSeconds', { above: 0, limit: MAX_SECONDS });
}

/** A trace is replayed through many policies: what was found right once is not read again. */
const sound = new WeakSet<readonly unknown[]>();

function checkTrace(entries: readonly unknown[], checker: Checker): void {
  if (sound.has(entries)) return;
  const before = checker.faults.length;
  checkEntries(entries, checker);
  if (checker.faults.length === before) sound.add(entries);
}

function checkEntries(entries: readonly unknown[], checker: Checker): void {
  let total = 0;
  if (entries.length === 0) checker.fault('entries', entries, 'must hold at least one entry');
  entries.forEach((entry, index) => {
    const inner = checker.at('entries').at(index);
    const fields = isRecord(entry) ? entry : {};
    inner.integer(fields, 'epochSeconds', { min: 0, limit: MAX_INSTANT / 1000 });
    total += inner.integer(fields, 'count', { min: 0, max: MAX_JOBS }) ?? 0;
  });
  if (total > MAX_JOBS) checker.fault('entries', total, `must hold ${MAX_JOBS} jobs at most`);
}

const SERVICE_KEYS: readonly (keyof ServiceSimulation)[] = [
  ...(['policy', 'minimum', 'requests', 'capacityPerReplica'] as const),
  ...(['timing', 'startAt', 'seconds', 'seed'] as const),
];

/** @throws {SimulationError} with every fault at once */
export function checkService(simulation: ServiceSimulation): void {
  const checker = new Checker();
  const data: Fields = { ...simulation };
  checker.onlyKeys(data, SERVICE_KEYS);
  checkPolicies(simulation, checker);
  checker.number(data, 'capacityPerReplica', { above: 0 });
  checker.integer(data, 'startAt', INSTANT);
  checker.integer(data, 'seconds', { min: 1, max: MAX_SECONDS });
  if (data.seed !== undefined) checker.integer(data, 'seed');
  const timing = checker.record(data, 'timing');
  if (timing !== undefined) checkServiceTiming(timing, checker.at('timing'));
  const requests = checker.record(data, 'requests');
  if (requests !== undefined) checkArrivals(requests, checker.at('requests'));
  if (checker.faults.length > 0) throw new SimulationError(checker.faults);
}

function checkPolicies({ policy, minimum }: ServiceSimulation, checker: Checker): void {
  const before = checker.faults.length;
  checkPolicy(policy, checker.at('policy'));
  checkSize({ ...policy }, checker.at('policy'));
  if (minimum !== undefined) checkPolicy(minimum, checker.at('minimum'));
  if (checker.faults.length > before) return;
  checker.at('policy').oneOf({ ...policy }, 'kind', ['proportional']);
  if (minimum === undefined) return;
  checker.at('minimum').oneOf({ ...minimum }, 'kind', ['schedule']);
  checker
    .at('minimum')
    .at('policy')
    .oneOf({ ...minimum.policy }, 'kind', ['constant']);
  const highest = minimum.kind === 'schedule' ? highestFloor(minimum) : 0;
  if (highest > policy.maxReplicas)
    checker.fault('minimum', highest, `must not exceed 'policy.maxReplicas' (${policy.maxReplicas})`);
}

function checkServiceTiming(timing: Fields, checker: Checker): void {
  const scrape = checker.integer(timing, 'scrapeSeconds', { min: 1, limit: MAX_SECONDS });
  checker.integer(timing, 'windowSeconds', { min: 2 * (scrape ?? 1) });
  for (const key of ['syncSeconds', 'pollSeconds'])
    checker.integer(timing, key, { min: 1, limit: MAX_SECONDS });
  checker.integer(timing, 'podStartSeconds', { min: 0, limit: MAX_SECONDS });
}
