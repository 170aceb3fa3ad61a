import type { Backlog, PrometheusSource } from '@sluice/policy';
import { decimalOf, instantOf } from '@sluice/runtime';
import * as z from 'zod';
import { type BacklogSource, getJson, ReadingError } from './source.ts';

const pair = z.tuple([z.number(), z.string()]);
const answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: pair })) }),
    z.object({ resultType: z.literal('scalar'), result: pair }),
  ]),
});

interface Value {
  readonly value: number;
  /** Epoch seconds, as Prometheus writes them. */
  readonly seconds: number;
}

/**
 * Instant queries of a Prometheus. An empty result is a missing reading, more than one series is ambiguous.
 *
 * `at` is the sample's own timestamp (the scrape) where the ready query is a plain selector, which
 * `timestamp()` returns; for any other expression Prometheus knows only the instant it was evaluated at.
 */
export function prometheusSource(source: PrometheusSource, now: () => number): BacklogSource {
  const read = async (signal: AbortSignal): Promise<Backlog> => {
    const [ready, unacked, measured, published, acknowledged] = await Promise.all([
      query(source, source.readyQuery, signal),
      source.unackedQuery === undefined ? undefined : query(source, source.unackedQuery, signal),
      scrapedAt(source, signal),
      total(source, source.publishedQuery, signal),
      total(source, source.acknowledgedQuery, signal),
    ]);
    const instants = [ready.seconds, ...(measured === undefined ? [] : [measured])];
    const at = Math.min(...instants.map((seconds) => believed(seconds, source, now())));
    const counts = { ready: ready.value, unacked: unacked?.value ?? 0, at };
    return published === undefined || acknowledged === undefined
      ? counts
      : { ...counts, publishedTotal: published, acknowledgedTotal: acknowledged };
  };
  return { group: `${source.url} ${source.readyQuery}`, read };
}

async function query(
  { url, caFile }: PrometheusSource,
  expression: string,
  signal: AbortSignal,
): Promise<Value> {
  const parameters = new URLSearchParams({ query: expression });
  const body = await getJson({ url: `${url}/api/v1/query?${parameters}`, caFile, signal });
  const parsed = answer.safeParse(body);
  if (!parsed.success)
    throw new ReadingError('invalid', `${url} did not answer '${expression}' with a vector`);
  const { data } = parsed.data;
  return data.resultType === 'scalar' ? toValue(data.result) : only(data.result, expression);
}

/** Undefined where it is not asked or cannot be read: then what was measured stays. */
async function total(
  source: PrometheusSource,
  expression: string | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (expression === undefined) return undefined;
  const told = await query(source, expression, signal).catch(() => undefined);
  return told !== undefined && Number.isFinite(told.value) ? told.value : undefined;
}

function only(result: readonly { value: [number, string] }[], expression: string): Value {
  const [first, second] = result;
  if (first === undefined) throw new ReadingError('empty', `'${expression}' has no value`);
  if (second !== undefined)
    throw new ReadingError('ambiguous', `'${expression}' has ${result.length} values`);
  return toValue(first.value);
}

const toValue = ([seconds, text]: [number, string]): Value => ({ value: numberOf(text), seconds });

/** Parses a number as Prometheus writes it; the policy refuses NaN and infinities. */
function numberOf(text: string): number {
  const special: Readonly<Record<string, number>> = { NaN, '+Inf': Infinity, '-Inf': -Infinity };
  const value = decimalOf(text) ?? special[text];
  if (value === undefined) throw new ReadingError('invalid', 'Prometheus answered with what is no number');
  return value;
}

/** @returns epoch milliseconds */
function believed(seconds: number, { url }: PrometheusSource, now: number): number {
  const at = instantOf(seconds, now);
  if (at === undefined)
    throw new ReadingError('invalid', `${url} tells an instant that cannot be: ${seconds}`);
  return Math.round(at);
}

/** Undefined where `timestamp()` does not apply: to a scalar. A failure may hide how old the sample is. */
async function scrapedAt(source: PrometheusSource, signal: AbortSignal): Promise<number | undefined> {
  try {
    const { value } = await query(source, `timestamp(\n${source.readyQuery}\n)`, signal);
    return Number.isFinite(value) ? value : undefined;
  } catch (error) {
    if (error instanceof ReadingError && NOT_APPLICABLE.includes(error.cause)) return undefined;
    throw error;
  }
}

/** Prometheus answers 400 for `timestamp()` of a scalar. */
const NOT_APPLICABLE: readonly string[] = ['http-status', 'empty'];
