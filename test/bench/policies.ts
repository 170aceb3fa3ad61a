import {
  type Arrivals,
  type Backend,
  drain,
  flow,
  latch,
  type Policy,
  proportional,
  type Report,
  simulate,
  type Timing,
} from '@sluice/policy';
import { advise } from '../../packages/analysis/advise/advise.ts';
import { halvesOf, type Recorded, traceOf } from '../../packages/analysis/advise/arrivals.ts';
import type { Objective } from '../../packages/analysis/advise/labels.ts';
import { type Outcome, outcomeOf } from '../../packages/analysis/advise/outcome.ts';
import { type Figure, round } from './figures.ts';

const DAY_SECONDS = 86_400;
const SLO_SECONDS = 60;
const MAX_REPLICAS = 40;
const SERVICE_SECONDS = 5;
const POD_START_SECONDS = 10;

const timing: Timing = {
  ...{ pollSeconds: 5, scrapeDelaySeconds: 0, podStartSeconds: POD_START_SECONDS },
  service: { distribution: 'exponential', meanSeconds: SERVICE_SECONDS },
  ...{ gracefulStopSeconds: 30, killsAfterGrace: true },
};

/** What arrives on a day, six ways and more. */
const kinds: Readonly<Record<string, () => Uint32Array>> = {
  bursts: () => days((second) => (second % 600 === 0 ? 100 : 0)),
  'poisson-0.1': () => poissonDays(() => 0.1),
  'poisson-1': () => poissonDays(() => 1),
  'poisson-3': () => poissonDays(() => 3),
  'daily-sine': () => poissonDays((second) => 1 + 0.9 * Math.sin((2 * Math.PI * second) / DAY_SECONDS)),
  // Once a day twenty times as much within a minute, for a quarter of an hour.
  'flash-crowd': () => poissonDays((second) => (inCrowd(second) ? 5 : 0.25)),
  // A tenth of the jobs come again half a minute later, and a tenth of those.
  retries: () => withRetries(poissonDays(() => 0.8)),
};

const inCrowd = (second: number): boolean => {
  const since = (second % DAY_SECONDS) - 43_200;
  return since >= 0 && since < 900;
};

const DAYS = 2;
const days = (jobs: (second: number) => number): Uint32Array =>
  Uint32Array.from({ length: DAYS * DAY_SECONDS }, (_, second) => jobs(second));

/** Poisson at a rate that may change, by thinning: the same on every machine. */
function poissonDays(rate: (second: number) => number): Uint32Array {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return days((second) => {
    const limit = Math.exp(-rate(second));
    let jobs = 0;
    for (let product = random(); product > limit; product *= random()) jobs += 1;
    return jobs;
  });
}

function withRetries(counts: Uint32Array): Uint32Array {
  const all = counts.slice();
  let due = 0;
  for (let second = 0; second + 30 < all.length; second += 1) {
    due += (all[second] ?? 0) / 10;
    const again = Math.floor(due);
    due -= again;
    all[second + 30] = (all[second + 30] ?? 0) + again;
  }
  return all;
}

interface Contender {
  readonly policy: Policy;
  readonly backend?: Backend;
}

const common = { podStartSeconds: POD_START_SECONDS, maxReplicas: MAX_REPLICAS };
const slo = drain({ ...common, sloSeconds: SLO_SECONDS, meanServiceSeconds: SERVICE_SECONDS });

const contenders: Readonly<Record<string, Contender>> = {
  'literal rule': {
    policy: latch({ replicas: 25, startWhen: { readyAbove: 100 }, stopWhen: 'ready-empty' }),
  },
  latch: {
    policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: SLO_SECONDS } }),
  },
  proportional: { policy: proportional({ perReplica: 10, maxReplicas: MAX_REPLICAS }) },
  drain: { policy: slo },
  'drain, measured': { policy: drain({ ...common, sloSeconds: SLO_SECONDS }) },
  'drain to a wait': {
    policy: drain({ ...common, sloSeconds: SLO_SECONDS, sloOf: 'wait', meanServiceSeconds: SERVICE_SECONDS }),
  },
  flow: { policy: flow({ ...common, targetWaitSeconds: SLO_SECONDS }) },
  'drain by KEDA': { policy: slo, backend: 'keda' },
  'drain by an HPA': { policy: slo, backend: 'hpa' },
};

/**
 * Every policy on every kind of arrivals: p99 of the wait, pod time over the pure work, changes. Then the adviser: it
 * chooses by the first day, and is judged by the second.
 */
export async function policies(): Promise<Figure[]> {
  const all = Object.entries(kinds).flatMap(([kind, counts]) =>
    figuresOf(kind, { startSeconds: 0, counts: counts() }),
  );
  return all;
}

function figuresOf(kind: string, recorded: Recorded): Figure[] {
  const arrivals = traceOf(recorded);
  const reports = Object.entries(contenders).map(
    ([name, { policy, backend = 'scaler' }]) => [name, reportOf(arrivals, policy, backend)] as const,
  );
  const rows = reports.map(
    ([name, report]) =>
      `  ${name.padEnd(18)} p50 ${seconds(report.waitP50)}  p99 ${seconds(report.waitP99)}  pods ${over(report).toFixed(2).padStart(6)} x  changes ${String(report.replicaChanges).padStart(6)}  killed ${String(report.restarts).padStart(4)}  left ${report.residue}`,
  );
  process.stderr.write(`${kind}\n${rows.join('\n')}\n`);
  const flowing = reports.find(([name]) => name === 'flow')?.[1];
  return [...(flowing === undefined ? [] : [flowFigure(kind, flowing)]), ...adviserFigures(kind, recorded)];
}

const reportOf = (arrivals: Arrivals, policy: Policy, backend: Backend): Report =>
  simulate({ policy, backend, arrivals, timing, seed: 1 });

const over = ({ podSeconds, idealPodSeconds }: Report): number => podSeconds / idealPodSeconds;
const seconds = (value: number): string => `${value.toFixed(1).padStart(7)} s`;

const flowFigure = (kind: string, { waitP99 }: Report): Figure => ({
  bench: `policies-flow-${kind}`.replaceAll('.', '-'),
  value: round(waitP99),
  unit: 's',
  target: `p99 of the wait at most ${SLO_SECONDS} s, its target`,
  ok: waitP99 <= SLO_SECONDS,
});

/** Fitted to the first half, judged on the second, for a lax and a strict objective. */
function adviserFigures(kind: string, recorded: Recorded): Figure[] {
  const [fit, judged] = halvesOf(recorded);
  return [60, 20].map((p99WaitSeconds) => {
    const objective: Objective = { p99WaitSeconds, maxReplicas: MAX_REPLICAS, maxChangesPerHour: undefined };
    const { best, misses } = advise({ recorded: fit, timing, objective, today: undefined, seed: 1 });
    const outcome = outcomeOf(best, [traceOf(judged)], timing, 2);
    process.stderr.write(
      `  advised for ${p99WaitSeconds} s: ${best.line}${misses.length > 0 ? ` (misses ${misses.join(', ')})` : ''}: p99 ${outcome.waitP99.toFixed(1)} s, pods ${outcome.overIdeal.toFixed(2)} x\n`,
    );
    return adviserFigure(kind, p99WaitSeconds, outcome);
  });
}

const adviserFigure = (kind: string, goal: number, { waitP99 }: Outcome): Figure => ({
  bench: `policies-advised-${goal}s-${kind}`.replaceAll('.', '-'),
  value: round(waitP99),
  unit: 's',
  target: `p99 of the wait at most ${goal} s on the day it was not fitted to`,
  ok: waitP99 <= goal,
});
