import { RefusedError } from './management.ts';
import type { Resource } from './resources.ts';

/** Labels of what was done, in order. */
export interface Declared {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

/** The broker refused some of it; the rest stands. */
export class TopologyError extends Error {
  readonly refusals: readonly string[];

  constructor(refusals: readonly string[]) {
    super(`the broker refused: ${refusals.join('; ')}`);
    this.name = 'TopologyError';
    this.refusals = refusals;
  }
}

/**
 * Makes the broker hold every resource. Idempotent: what is as wanted is not written.
 * @throws TopologyError with every refusal; another error when the broker does not answer
 */
export async function declareAll(resources: readonly Resource[]): Promise<Declared> {
  const declared = { created: [] as string[], changed: [] as string[], unchanged: [] as string[] };
  const refusals: string[] = [];
  for (const resource of resources) {
    try {
      declared[await declare(resource)].push(resource.label);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      refusals.push(`${resource.label}: ${error.message}`);
      // Whoever is nobody here is nobody for the rest too, and a broker may count failed logins.
      if (error.status === 401) break;
    }
  }
  if (refusals.length > 0) throw new TopologyError(refusals);
  return declared;
}

async function declare(resource: Resource): Promise<keyof Declared> {
  const existing = await resource.read();
  if (existing !== undefined && resource.matches(existing)) return 'unchanged';
  await resource.write();
  return existing === undefined ? 'created' : 'changed';
}
