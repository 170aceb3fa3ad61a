import { RefusedError } from './management.ts';
import type { Resource } from './resources.ts';

/** Labels of what was done, in order. */
export interface Declared {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

/** The broker refused some of it; what does not depend on that stands. */
export class TopologyError extends Error {
  readonly refusals: readonly string[];
  /** What was not declared, because it depends on what was refused. */
  readonly skipped: readonly string[];

  constructor(refusals: readonly string[], skipped: readonly string[]) {
    super(`the broker refused: ${refusals.join('; ')}`);
    this.name = 'TopologyError';
    this.refusals = refusals;
    this.skipped = skipped;
  }
}

/**
 * Makes the broker hold every resource. Idempotent: what is as wanted is not written. What depends on a refused
 * resource is left as it is: a queue without its policy or its exchange would take jobs and lose them.
 * @param resources each after those that it depends on
 * @throws TopologyError with every refusal; another error when the broker does not answer
 */
export async function declareAll(resources: readonly Resource[]): Promise<Declared> {
  const done: Record<Result['kind'], string[]> = {
    ...{ created: [], changed: [], unchanged: [], refused: [], skipped: [] },
  };
  const absent = new Set<string>();
  for (const resource of resources) {
    const { kind, text, isLast = false } = await declare(resource, absent);
    done[kind].push(text);
    if (kind === 'refused' || kind === 'skipped') absent.add(resource.label);
    if (isLast) break;
  }
  if (done.refused.length > 0) throw new TopologyError(done.refused, done.skipped);
  return done;
}

interface Result {
  readonly kind: keyof Declared | 'refused' | 'skipped';
  readonly text: string;
  /** No other need be tried. */
  readonly isLast?: boolean;
}

async function declare(resource: Resource, absent: ReadonlySet<string>): Promise<Result> {
  const { label, dependsOn = [] } = resource;
  const missing = dependsOn.filter((each) => absent.has(each));
  if (missing.length > 0) return { kind: 'skipped', text: `${label}: depends on ${missing.join(', ')}` };
  try {
    return { kind: await written(resource), text: label };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    // A user who is unknown here is unknown for the rest too, and a broker may count failed logins.
    return { kind: 'refused', text: `${label}: ${error.message}`, isLast: error.status === 401 };
  }
}

async function written(resource: Resource): Promise<keyof Declared> {
  const existing = await resource.read();
  if (existing !== undefined && resource.matches(existing)) return 'unchanged';
  await resource.write();
  return existing === undefined ? 'created' : 'changed';
}
