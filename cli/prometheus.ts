import { HttpRequestError, messageOf, request } from '@sluice/runtime';
import * as z from 'zod';
import type { Sample, Series } from '../packages/analysis/advise/range.ts';
import { ConfigurationError } from '../packages/contracts/checks.ts';

/** What is asked of a Prometheus. Seconds since 1970, seconds. */
export interface Range {
  /** Where its API is, without /api. */
  readonly url: string;
  readonly query: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly stepSeconds: number;
  /** Of each request. @default 60 s */
  readonly timeoutMs?: number;
  /** What faults call the address and the query. @default the options of a command */
  readonly names?: RangeNames;
}

/** The properties that hold the two: `'--prometheus'`, `'--query'`. */
export interface RangeNames {
  readonly url: string;
  readonly query: string;
}

/** A Prometheus refuses more than 11,000 points of a series in one answer. */
const POINTS = 10_000;
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;

const matrix = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});
const refusal = z.object({ status: z.literal('error'), error: z.string() });

/** A range query in as many requests as it takes. @throws {ConfigurationError} with what the server said */
export async function queryRange(range: Range): Promise<Series[]> {
  const { fromSeconds, toSeconds, stepSeconds } = range;
  const span = POINTS * stepSeconds;
  const series = new Map<string, { labels: Record<string, string>; samples: Sample[] }>();
  for (let from = fromSeconds; from <= toSeconds; from += span) {
    const answer = await ask({
      ...range,
      fromSeconds: from,
      toSeconds: Math.min(toSeconds, from + span - stepSeconds),
    });
    for (const { metric, values } of answer) {
      const key = JSON.stringify(Object.entries(metric).sort());
      const known = series.get(key) ?? { labels: metric, samples: [] };
      for (const [seconds, text] of values) known.samples.push([seconds, numberOf(text)]);
      series.set(key, known);
    }
  }
  return [...series.values()];
}

async function ask(range: Range) {
  const { url, query, fromSeconds, toSeconds, stepSeconds, timeoutMs = TIMEOUT_MS } = range;
  const names = range.names ?? { url: "'--prometheus'", query: "'--query'" };
  const parameters = new URLSearchParams({
    ...{ query, start: String(fromSeconds), end: String(toSeconds), step: String(stepSeconds) },
  });
  const where = `${url}/api/v1/query_range`;
  const { status, body } = await answered(`${where}?${parameters}`, timeoutMs, names);
  const told = parsed(body);
  const answer = matrix.safeParse(told);
  if (status === 200 && answer.success) return answer.data.data.result;
  const refused = refusal.safeParse(told);
  throw fault(
    refused.success
      ? `${names.query} (${query}) is refused by ${url}: ${refused.data.error}`
      : `${names.url} (${url}) answered ${status} and no range of series: is it the address of a Prometheus, without /api?`,
  );
}

async function answered(url: string, timeoutMs: number, names: RangeNames) {
  try {
    return await request({ url, timeoutMs, maxBytes: MAX_BYTES });
  } catch (error) {
    if (error instanceof HttpRequestError || error instanceof TypeError)
      throw fault(`${names.url}: ${messageOf(error)}`);
    throw error;
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Parses a number as Prometheus writes it; another text is NaN, which no counter has. */
function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

const fault = (text: string): ConfigurationError => new ConfigurationError('advise', [text]);
