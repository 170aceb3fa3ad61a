import { baseOf, defaultWaitSeconds, type LatchStart } from '@sluice/policy';
import { secondsToDrained } from './history.ts';
import type { WorkloadState } from './state.ts';

/** How a workload is: the colour and the word of it. */
export type Level = 'ok' | 'attention' | 'critical' | 'unknown';

/** Why a workload is what it is; each has a sentence in every language. */
export type Condition =
  | 'no-reading'
  | 'reading-failed'
  | 'waits-too-long'
  | 'waits-long'
  | 'at-maximum'
  | 'starting'
  | 'working'
  | 'below-mark'
  | 'idle';

/** What is next, with its numbers. */
export type Next =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'frozen'; readonly replicas: number }
  | { readonly kind: 'drains'; readonly seconds: number }
  | { readonly kind: 'grows' }
  /** The latch opens at a mark, and for a residue after a time. */
  | { readonly kind: 'opens'; readonly at: number; readonly ready: number; readonly inSeconds?: number }
  | { readonly kind: 'waits-for-work'; readonly at?: number };

/** How a workload of a queue is, why, and what comes next. */
export interface Health {
  readonly level: Level;
  readonly condition: Condition;
  readonly next: Next;
  /** Seconds that the oldest message may wait. */
  readonly targetSeconds?: number;
  readonly maxReplicas?: number;
}

/** The share of its target from which a wait is long. */
const LONG = 0.8;
/** A reading older than this is no reading, where no policy says how old. */
const STALE_SECONDS = 60;

const LEVELS: Readonly<Record<Condition, Level>> = {
  'no-reading': 'unknown',
  'reading-failed': 'critical',
  'waits-too-long': 'critical',
  'waits-long': 'attention',
  'at-maximum': 'attention',
  starting: 'ok',
  working: 'ok',
  'below-mark': 'ok',
  idle: 'ok',
};

/** The state of a workload in one word, and what comes next. @param isCurrent else nothing is known of it now */
export function healthOf(workload: WorkloadState, isCurrent = true): Health {
  const { policy } = workload;
  const target = policy && {
    targetSeconds: defaultWaitSeconds(policy),
    maxReplicas: baseOf(policy).maxReplicas,
  };
  const condition = conditionOf(workload, target?.targetSeconds, target?.maxReplicas);
  const level = isCurrent ? LEVELS[condition] : 'unknown';
  const next: Next = isCurrent ? nextOf(workload, condition) : { kind: 'unknown' };
  return { level, condition, next, ...target };
}

function conditionOf(workload: WorkloadState, target = Number.POSITIVE_INFINITY, most?: number): Condition {
  const { ready, unacked = 0, replicas = 0, oldestWait, samples } = workload;
  if (ready === undefined) return 'no-reading';
  if (readingFails(workload)) return 'reading-failed';
  const wait = oldestWait?.seconds ?? 0;
  if (wait > target) return 'waits-too-long';
  if (wait > target * LONG) return 'waits-long';
  if (ready + unacked === 0) return 'idle';
  if (replicas === 0) return 'below-mark';
  if (unacked === 0) return 'starting';
  const grows = replicas === most && secondsToDrained(samples) === undefined && isOld(workload);
  return grows ? 'at-maximum' : 'working';
}

/** The reading is too old to decide on, or the scaler says so. */
function readingFails({ policy, readingAgeSeconds = 0, decisions }: WorkloadState): boolean {
  const bound = policy === undefined ? STALE_SECONDS : baseOf(policy).staleAfterSeconds;
  return readingAgeSeconds > bound || (decisions[0]?.reason.startsWith('Reading') ?? false);
}

/** Long enough at its count to see whether the backlog falls, milliseconds. */
const SETTLED_MS = 60_000;
const isOld = ({ samples }: WorkloadState): boolean => {
  const last = samples.at(-1);
  const settled = samples.findLast(({ replicas }) => replicas !== last?.replicas);
  return last !== undefined && last.at - (settled?.at ?? samples[0]?.at ?? last.at) > SETTLED_MS;
};

function nextOf(workload: WorkloadState, condition: Condition): Next {
  const { replicas = 0, samples, policy } = workload;
  if (condition === 'no-reading') return { kind: 'unknown' };
  if (condition === 'reading-failed') return { kind: 'frozen', replicas };
  const base = policy && baseOf(policy);
  const start = base?.kind === 'latch' ? base.startWhen : undefined;
  const at = start && markOf(start);
  if (condition === 'idle') return { kind: 'waits-for-work', ...(at !== undefined && { at }) };
  if (replicas === 0 && start !== undefined && at !== undefined) return opening(workload, at, start);
  const seconds = secondsToDrained(samples);
  return seconds === undefined ? { kind: 'grows' } : { kind: 'drains', seconds };
}

const markOf = (start: LatchStart): number =>
  'readyAtLeast' in start ? start.readyAtLeast : start.readyAbove + 1;

function opening({ ready = 0, oldestWait }: WorkloadState, at: number, start: LatchStart): Next {
  const { oldestWaitSeconds: age } = start;
  if (age === undefined) return { kind: 'opens', at, ready };
  return { kind: 'opens', at, ready, inSeconds: Math.max(0, age - (oldestWait?.seconds ?? 0)) };
}

const ORDER: readonly Level[] = ['critical', 'attention', 'unknown', 'ok'];

/** The worst of several levels; `ok` of none. */
export const worstOf = (levels: readonly Level[]): Level =>
  ORDER.find((level) => levels.includes(level)) ?? 'ok';
