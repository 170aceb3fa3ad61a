import { baseOf } from '../decide/decide.ts';
import type { Policy } from '../policy.ts';
import type { Trace } from '../simulate/arrivals.ts';
import { simulate } from '../simulate/simulate.ts';
import type { Report } from '../simulate/simulation.ts';
import { type WhatIfFault, type WhatIfNumbers, whatIfFaults, withNumbers } from './fields.ts';
import { rebuild } from './rebuild.ts';

/** What is asked: other numbers, on what arrived. Plain data: a server and a browser may both answer. */
export interface WhatIfQuestion {
  /** The policy of today. */
  readonly policy: Policy;
  readonly typed: WhatIfNumbers;
  readonly arrivals: Trace;
  /** Seconds of one job, and from a changed count to the first job of a new replica, where they are not typed. */
  readonly jobSeconds: number;
  readonly startSeconds: number;
  /** Replicas at the start of the span. */
  readonly replicas: number;
}

/** What both policies do with the same arrivals; or every fault of what is typed. */
export type WhatIfAnswer =
  | { readonly faults: readonly WhatIfFault[] }
  | {
      readonly today: Report;
      readonly changed: Report;
      /** To paste into the workload's file. */
      readonly line: string;
    };

/** Between two decisions, as the scaler reads by default. */
const POLL_SECONDS = 5;
/** For the rest to drain. */
const AFTER_SECONDS = 900;
const GRACE_SECONDS = 30;

/** Both policies, simulated on what arrived. Pure: the same question has the same answer everywhere. */
export function whatIf(question: WhatIfQuestion): WhatIfAnswer {
  const { policy, typed } = question;
  const faults = whatIfFaults(typed, policy);
  if (faults.length > 0) return { faults };
  const numbers: Record<string, number> = {};
  for (const [field, text] of Object.entries(typed)) numbers[field] = Number(text);
  const { jobSeconds = question.jobSeconds, startSeconds = question.startSeconds, ...own } = numbers;
  const { policy: changed, line } = rebuild(policy, withNumbers(baseOf(policy), own));
  const times = { jobSeconds, startSeconds };
  return { today: replayed(policy, question, times), changed: replayed(changed, question, times), line };
}

function replayed(
  policy: Policy,
  { arrivals, replicas }: WhatIfQuestion,
  { jobSeconds, startSeconds }: { readonly jobSeconds: number; readonly startSeconds: number },
): Report {
  const [first, last] = [arrivals.entries[0]?.epochSeconds ?? 0, arrivals.entries.at(-1)?.epochSeconds ?? 0];
  const { minReplicas, maxReplicas } = baseOf(policy);
  return simulate({
    policy,
    arrivals,
    brokerTellsAge: true,
    seconds: last - first + AFTER_SECONDS,
    initialReplicas: Math.min(maxReplicas, Math.max(minReplicas, replicas)),
    timing: {
      ...{ pollSeconds: POLL_SECONDS, scrapeDelaySeconds: 0, podStartSeconds: startSeconds },
      service: { distribution: 'constant', meanSeconds: jobSeconds },
      ...{ gracefulStopSeconds: GRACE_SECONDS, killsAfterGrace: true },
    },
  });
}
