import { PolicyError } from '../faults.ts';
import type { Policy } from '../policy.ts';
import { policyFaults } from './check-policy.ts';

/**
 * Reads a policy back from JSON. Nothing is filled in and nothing is ignored: a missing or an unknown
 * key is a fault, because a misspelt one would otherwise silently not scale.
 *
 * @throws {PolicyError} with every fault at once
 */
export function parsePolicy(data: unknown): Policy {
  assertPolicy(data);
  return data;
}

function assertPolicy(data: unknown): asserts data is Policy {
  const faults = policyFaults(data);
  if (faults.length > 0) throw new PolicyError(faults);
}
