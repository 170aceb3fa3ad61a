import type { Policy } from '@sluice/policy';
import type { Sample } from '../model/history.ts';
import { whatIfState } from '../model/what-if.ts';
import { formatOf } from '../view/format.ts';
import { type SentAnswer, type Shown, sent, shownOf, type WhatIfWords } from '../view/what-if-shown.ts';

/** Readings as columns: a page holds up to 480 of them. */
export interface Columns {
  readonly at: readonly number[];
  readonly ready: readonly number[];
  readonly unacked: readonly number[];
  readonly replicas: readonly number[];
  readonly throughput: readonly (number | null)[];
}

/** What the questions of a page are about: plain data, which a page holds in an attribute. */
export interface Basis {
  readonly policy: Policy;
  readonly samples: Columns;
  readonly words: WhatIfWords;
}

/** An answer as a worker sends it. */
export type SentShown = Omit<Shown, 'answer'> & { readonly answer?: SentAnswer };

/** The readings that arrivals are computed from, as columns. */
export const columnsOf = (samples: readonly Sample[]): Columns => ({
  at: samples.map(({ at }) => at),
  ready: samples.map(({ ready }) => ready),
  unacked: samples.map(({ unacked }) => unacked),
  replicas: samples.map(({ replicas }) => replicas),
  throughput: samples.map(({ throughput }) => throughput),
});

const samplesOf = ({ at, ready, unacked, replicas, throughput }: Columns): Sample[] =>
  at.map((instant, index) => ({
    ...{ at: instant, ready: ready[index] ?? 0, unacked: unacked[index] ?? 0 },
    ...{ replicas: replicas[index] ?? 0, throughput: throughput[index] ?? null, oldestWaitSeconds: null },
  }));

/** A visitor's own machine may simulate as long as it takes. */
const WHOLE = { run: <T>(work: () => T): T => work() };

/** What the server answers to the same numbers, computed from what its page holds. */
export function answerFor(
  { policy, samples, words }: Basis,
  typed: Readonly<Record<string, string>>,
): SentShown | undefined {
  const state = whatIfState({ policy, samples: samplesOf(samples) }, typed, WHOLE);
  if (state === undefined) return undefined;
  const format = formatOf(words.language, words.timeZone);
  const { answer, ...shown } = shownOf(state, words, format);
  return { ...shown, ...(answer && { answer: sent(answer, words, format) }) };
}
