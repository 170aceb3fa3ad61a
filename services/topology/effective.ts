import { mayMatch } from './pattern.ts';
import type { ManagementLike } from './resources.ts';
import type { Topology } from './topology.ts';

/** A queue on which another policy has the upper hand. */
export interface Overridden {
  readonly queue: string;
  /** The policy that was declared for it. */
  readonly declared: string;
  /** The policy of a higher priority. */
  readonly inEffect: string;
}

interface Policy {
  readonly name: string;
  readonly pattern: string;
  readonly priority: number;
}

/**
 * Which queues have another policy than the one that was declared for them: a queue has one at a time, and an
 * operator's may have a higher priority. Said, not changed: it may be meant so. By the list of policies, for what a
 * broker shows of a queue is seconds old.
 */
export async function overriddenPolicies(
  { vhost, queues, policies }: Topology,
  api: Pick<ManagementLike, 'get'>,
): Promise<Overridden[]> {
  const held = await api.get(`policies/${encodeURIComponent(vhost)}`);
  const others = (Array.isArray(held) ? held : [])
    .map(policyOf)
    .filter(({ name }) => policies.every((each) => each.name !== name));
  return queues.flatMap(({ name: queue }) => {
    const declared = strongest(
      policies.filter(({ applyTo }) => applyTo !== 'exchanges'),
      queue,
    );
    const other = strongest(others, queue);
    if (declared === undefined || other === undefined || other.priority <= declared.priority) return [];
    return [{ queue, declared: declared.name, inEffect: other.name }];
  });
}

const strongest = (policies: readonly Policy[], queue: string): Policy | undefined =>
  policies.filter(({ pattern }) => mayMatch(pattern, queue)).sort((a, b) => b.priority - a.priority)[0];

/** A policy as both brokers list it; one for exchanges matches no queue. */
function policyOf(listed: Record<string, unknown>): Policy {
  const pattern = listed['apply-to'] === 'exchanges' ? '(?!)' : String(listed.pattern);
  return { name: String(listed.name), pattern, priority: Number(listed.priority ?? 0) };
}
