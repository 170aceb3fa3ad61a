import { RefusedError } from './management.ts';
import type { ManagementLike, Resource } from './resources.ts';
import type { Topology } from './topology.ts';

/**
 * The brokers read patterns as PCRE: what JavaScript reads is another dialect, so a pattern is refused only for
 * what no dialect takes.
 * @returns what is wrong, or undefined
 * @see https://www.pcre.org/current/doc/html/pcre2pattern.html
 */
export function faultOfPattern(source: string): string | undefined {
  if (source.includes('\0')) return 'must not hold NUL';
  const tokens = tokensOf(source);
  if (tokens.includes('\\')) return "must not end with '\\'";
  if (tokens.includes('[')) return "must close every '['";
  const quantifier = tokens.find((token, index) => isQuantifier(token) && !isRepeatable(tokens[index - 1]));
  if (quantifier !== undefined) return `must have something before '${quantifier}'`;
  return faultOfGroups(tokens);
}

/** Quoted text, escapes, classes, comments, settings and verbs are one token each; else a group's opening, or a character. */
const TOKEN =
  /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\(\?#[^)]*\)|\(\*[^)]*\)|\(\?[-\w^]*\)|\(\?|./gs;

/** Comments, settings such as `(?i)` and verbs are no groups. */
const tokensOf = (source: string): string[] =>
  (source.match(TOKEN) ?? []).filter((token) => !/^\((\?#|\*|\?[-\w^]*\)$)/.test(token));

const isQuantifier = (token: string): boolean => ['*', '+', '?'].includes(token);

/** A quantifier after another makes that lazy or possessive. */
const isRepeatable = (before: string | undefined): boolean =>
  before !== undefined && !['(', '(?', '|'].includes(before);

function faultOfGroups(tokens: readonly string[]): string | undefined {
  let open = 0;
  for (const token of tokens) {
    if (token.startsWith('(')) open += 1;
    if (token === ')') open -= 1;
    if (open < 0) return "must open every ')'";
  }
  return open > 0 ? "must close every '('" : undefined;
}

/**
 * Whether a policy's pattern applies to a name.
 * @returns true also where JavaScript cannot decide: then it may
 */
export function mayMatch(pattern: string, name: string): boolean {
  const [, letters = '', rest = pattern] = /^\(\?([a-z]+)\)(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(rest, letters).test(name);
  } catch {
    return true;
  }
}

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
