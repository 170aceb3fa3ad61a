import type { Backlog, PrometheusSource } from '@sluice/policy';
import * as z from 'zod';
import { getJson, join } from './http.ts';
import { type BacklogSource, ReadingError } from './source.ts';

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
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Instant queries of a Prometheus. An empty result is a missing reading, more than one series is ambiguous.
 *
 * `at` is the sample's own timestamp (the scrape) where the ready query is a plain selector, which
 * `timestamp()` tells; for any other expression Prometheus knows only the instant it was evaluated at.
 */
export function prometheusSource(source: PrometheusSource): BacklogSource {
  const read = async (signal: AbortSignal): Promise<Backlog> => {
    const [ready, unacked, measured] = await Promise.all([
      query(source.url, source.readyQuery, signal),
      source.unackedQuery === undefined ? undefined : query(source.url, source.unackedQuery, signal),
      scrapedAt(source, signal),
    ]);
    const at = Math.min(measured ?? ready.at, ready.at);
    return { ready: ready.value, unacked: unacked?.value ?? 0, at };
  };
  return { group: `${source.url} ${source.readyQuery}`, read };
}

async function query(url: string, expression: string, signal: AbortSignal): Promise<Value> {
  const parameters = new URLSearchParams({ query: expression });
  const body = await getJson({ url: join(url, `api/v1/query?${parameters}`), signal });
  const parsed = answer.safeParse(body);
  if (!parsed.success)
    throw new ReadingError('invalid', `${url} did not answer '${expression}' with a vector`);
  const { data } = parsed.data;
  return data.resultType === 'scalar' ? toValue(data.result) : only(data.result, expression);
}

function only(result: readonly { value: [number, string] }[], expression: string): Value {
  const [first, second] = result;
  if (first === undefined) throw new ReadingError('empty', `'${expression}' has no value`);
  if (second !== undefined)
    throw new ReadingError('ambiguous', `'${expression}' has ${result.length} values`);
  return toValue(first.value);
}

const toValue = ([seconds, value]: [number, string]): Value => ({
  value: value === '+Inf' || value === '-Inf' ? Number(value.replace('Inf', 'Infinity')) : Number(value),
  at: Math.round(seconds * 1000),
});

/** Undefined where `timestamp()` does not apply (a scalar) or does not answer: `query` tells the fault then. */
async function scrapedAt(source: PrometheusSource, signal: AbortSignal): Promise<number | undefined> {
  try {
    const { value } = await query(source.url, `timestamp(\n${source.readyQuery}\n)`, signal);
    return Number.isFinite(value) ? Math.round(value * 1000) : undefined;
  } catch {
    return undefined;
  }
}
