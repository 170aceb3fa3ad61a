import {
  FaultsError,
  fieldsOf,
  type Policy,
  WHAT_IF_FIELDS,
  type WhatIfAnswer,
  type WhatIfNumbers,
  type WhatIfQuestion,
  whatIf,
} from '@sluice/policy';
import { type Arrived, arrivedOf, type TooLittle, workloadTimes } from './arrivals.ts';
import type { WorkloadState } from './state.ts';

/** What the page of a queue says about other numbers. */
export interface WhatIfState {
  readonly policy: Policy;
  readonly typed: WhatIfNumbers;
  readonly times: ReturnType<typeof workloadTimes>;
  readonly arrived: Arrived | TooLittle;
  /** Absent where nothing is asked, or too little is known; `refused` holds the policy's own words. */
  readonly answer?: WhatIfAnswer | { readonly refused: string } | 'busy';
}

/** The numbers that an address asks for, of those that the policy has. */
function typedOf(query: Readonly<Record<string, string>>, policy: Policy): WhatIfNumbers {
  const own = fieldsOf(policy);
  return Object.fromEntries(
    WHAT_IF_FIELDS.flatMap((field) => {
      const text = query[field];
      return text !== undefined && own.includes(field) ? [[field, text]] : [];
    }),
  );
}

/**
 * What the other numbers of an address would have done. @param share lets a part of the time be simulated
 * @returns undefined where the policy is not known
 */
export function whatIfState(
  { policy, samples }: Pick<WorkloadState, 'policy' | 'samples'>,
  query: Readonly<Record<string, string>>,
  share: Pick<TimeShare, 'run'>,
): WhatIfState | undefined {
  if (policy === undefined) return undefined;
  const typed = typedOf(query, policy);
  const times = workloadTimes(policy, samples);
  const job = Number(typed.jobSeconds);
  const arrived = arrivedOf(samples, job > 0 ? job : times.jobSeconds);
  const known = { policy, typed, times, arrived };
  if (Object.keys(typed).length === 0 || typeof arrived === 'string') return known;
  const question = { policy, typed, ...times, arrivals: arrived.trace, replicas: arrived.replicas };
  return { ...known, answer: share.run(() => answerOf(question)) ?? 'busy' };
}

function answerOf(question: WhatIfQuestion): WhatIfAnswer | { readonly refused: string } {
  try {
    return whatIf(question);
  } catch (error) {
    if (error instanceof FaultsError) return { refused: error.message };
    throw error;
  }
}

/** Lets work take a part of the time at most, so that who asks too often does not slow who only looks. */
export class TimeShare {
  readonly #share: number;
  readonly #now: () => number;
  #freeAt = Number.NEGATIVE_INFINITY;

  /** @param share above 0 and at most 1. @param now milliseconds of a clock that only goes on */
  constructor(share = 0.25, now: () => number = () => performance.now()) {
    this.#share = share;
    this.#now = now;
  }

  /** @returns undefined where the share is used up */
  run<T>(work: () => T): T | undefined {
    const start = this.#now();
    if (start < this.#freeAt) return undefined;
    try {
      return work();
    } finally {
      this.#freeAt = start + (this.#now() - start) / this.#share;
    }
  }
}
