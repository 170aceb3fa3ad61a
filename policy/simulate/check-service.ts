import { checkPolicy } from '../construct/check-policy.ts';
import { highestFloor } from '../decide/schedule-floor.ts';
import { Checker, type Fields } from '../faults.ts';
import { checkArrivals, checkSize, INSTANT, MAX_SECONDS, SimulationError } from './check-simulation.ts';
import type { ServiceSimulation } from './simulate-service.ts';

const KEYS: readonly (keyof ServiceSimulation)[] = [
  ...(['policy', 'minimum', 'requests', 'capacityPerReplica'] as const),
  ...(['timing', 'startAt', 'seconds', 'seed'] as const),
];

/** @throws {SimulationError} with every fault at once */
export function checkService(simulation: ServiceSimulation): void {
  const checker = new Checker();
  const data: Fields = { ...simulation };
  checker.onlyKeys(data, KEYS);
  checkPolicies(simulation, checker);
  checker.number(data, 'capacityPerReplica', { above: 0 });
  checker.integer(data, 'startAt', INSTANT);
  checker.integer(data, 'seconds', { min: 1, max: MAX_SECONDS });
  if (data.seed !== undefined) checker.integer(data, 'seed');
  const timing = checker.record(data, 'timing');
  if (timing !== undefined) checkTiming(timing, checker.at('timing'));
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

function checkTiming(timing: Fields, checker: Checker): void {
  const scrape = checker.integer(timing, 'scrapeSeconds', { min: 1, limit: MAX_SECONDS });
  checker.integer(timing, 'windowSeconds', { min: 2 * (scrape ?? 1) });
  for (const key of ['syncSeconds', 'pollSeconds'])
    checker.integer(timing, key, { min: 1, limit: MAX_SECONDS });
  checker.integer(timing, 'podStartSeconds', { min: 0, limit: MAX_SECONDS });
}
