import { constant, drain, flow, latch, proportional, schedule } from '../construct/policies.ts';
import { baseOf } from '../decide/decide.ts';
import type { BasePolicy, Behavior, Policy } from '../policy.ts';

/** The props of a constructor, and the policy that it makes of them. */
interface Built {
  readonly props: object;
  readonly policy: BasePolicy;
}

/** A policy by its constructor. @throws {PolicyError} with every fault */
function built(base: BasePolicy, behavior: Behavior | undefined): Built {
  const { staleAfterSeconds, minReplicas } = base;
  const common = {
    ...(staleAfterSeconds !== 60 && { staleAfterSeconds }),
    ...(behavior !== undefined && { behavior }),
  };
  const floor = { ...(minReplicas !== 0 && { minReplicas }) };
  if (base.kind === 'latch') {
    const { startWhen, stopWhen, ageOpens, maxReplicas: replicas } = base;
    const stop = { ...(stopWhen !== 'drained' && { stopWhen }), ...(ageOpens !== undefined && { ageOpens }) };
    const props = { replicas, startWhen, ...stop, ...floor, ...common };
    return { props, policy: latch(props) };
  }
  const { maxReplicas } = base;
  if (base.kind === 'constant') {
    const props = { replicas: minReplicas, ...(maxReplicas !== minReplicas && { maxReplicas }), ...common };
    return { props, policy: constant(props) };
  }
  if (base.kind === 'proportional') {
    const props = { perReplica: base.perReplica, maxReplicas, ...floor, ...common };
    return { props, policy: proportional(props) };
  }
  const { kind: _kind, behavior: _behavior, staleAfterSeconds: _stale, minReplicas: _least, ...own } = base;
  const props = { ...own, ...floor, ...common };
  return 'sloSeconds' in props ? { props, policy: drain(props) } : { props, policy: flow(props) };
}

/** A policy with other numbers, and the line of the workload's file that says it. */
export interface Rebuilt {
  readonly policy: Policy;
  /** `policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100 } }),` */
  readonly line: string;
}

/**
 * A policy as its constructor makes it of changed numbers. Windows that the constructor had derived are derived anew;
 * those that were said are kept, and stand in the line.
 * @throws {PolicyError} with every fault
 */
export function rebuild(policy: Policy, changed: BasePolicy): Rebuilt {
  const today = baseOf(policy);
  const isDerived = written(built(today, undefined).policy.behavior) === written(today.behavior);
  const { props, policy: base } = built(changed, isDerived ? undefined : today.behavior);
  const call = `${base.kind}(${literal(props)})`;
  if (policy.kind !== 'schedule') return { policy: base, line: `policy: ${call},` };
  const { kind: _kind, policy: _policy, holidays, ...rest } = policy;
  const times = literal({ ...rest, ...(holidays.length > 0 && { holidays }) }).slice(2);
  return {
    policy: schedule({ ...rest, holidays, policy: base }),
    line: `policy: schedule({ policy: ${call}, ${times}),`,
  };
}

/** Equal for equal data, whatever the order of its keys. */
const written = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** Data as it stands in a TypeScript file. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"')}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{ ${entries.map(([key, part]) => `${key}: ${literal(part)}`).join(', ')} }`;
}
