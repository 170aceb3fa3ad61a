import type { History, Measures } from '@sluice/policy';
import * as z from 'zod';

/** Well below etcd's 1.5 MiB an object and the 256 KiB that all annotations of one may have. */
export const HISTORY_LIMIT_BYTES = 128 * 1024;

const instant = z.number().int();
const pairs = z.array(z.tuple([instant, z.number().int()]));
const count = z.number().int().nonnegative();
/** [at, since, publishedTotal, acknowledgedTotal, unacked, arrivalsPerSecond, serviceSeconds, workSeconds, jobs] */
const amount = z.number().nonnegative();
const measuresOf = z.tuple([instant, instant, amount, amount, amount, amount, amount, amount, amount]);
const row = z.tuple([
  instant.nullable(),
  instant.nullable(),
  instant.nullable(),
  pairs,
  pairs,
  count.nullable().optional(),
  measuresOf.optional(),
]);
const stored = z.object({ v: z.literal(1), base: instant, workloads: z.record(z.string(), row) });

type Row = z.infer<typeof row>;

/**
 * All histories as compact JSON: `{v, base, workloads: {name: [since, drainedAt, waitingSince,
 * [[at, replicas] ...], [[at, by] ...], openTo where a latch is open, what was measured]}}`, instants in
 * milliseconds after `base`. Over the limit, the longest are left out: those workloads only become more cautious.
 */
export function encodeHistories(
  histories: ReadonlyMap<string, History>,
  limitBytes: number = HISTORY_LIMIT_BYTES,
): string {
  const base = Math.min(...[...histories.values()].map(({ since }) => since ?? Number.POSITIVE_INFINITY));
  const origin = Number.isFinite(base) ? base : 0;
  const entries = [...histories].map(
    ([name, history]) => `${JSON.stringify(name)}:${JSON.stringify(toRow(history, origin))}`,
  );
  const frame = (body: string) => `{"v":1,"base":${origin},"workloads":{${body}}}`;
  return frame(fitting(entries, limitBytes - frame('').length).join(','));
}

/** As many entries as fit, shortest first. */
function fitting(entries: readonly string[], limitBytes: number): readonly string[] {
  const sized = entries.map((entry) => ({ entry, bytes: Buffer.byteLength(entry) + 1 }));
  sized.sort((a, b) => a.bytes - b.bytes);
  let room = limitBytes;
  return sized.flatMap(({ entry, bytes }) => {
    room -= bytes;
    return room >= 0 ? [entry] : [];
  });
}

/**
 * The histories that an annotation holds; none when it is absent or cannot be read.
 * `released`: its writer ended in order, so that it is complete. Otherwise changes and readings after the
 * last renewal are unknown: rates start again and a drain must be seen twice again.
 */
export function decodeHistories(text: string | undefined, released: boolean): ReadonlyMap<string, History> {
  const parsed = stored.safeParse(parseJson(text ?? ''));
  if (!parsed.success) return new Map();
  const { base, workloads } = parsed.data;
  return new Map(Object.entries(workloads).map(([name, row]) => [name, fromRow(row, base, released)]));
}

function toRow(history: History, base: number): Row {
  const { since, drainedAt, waitingSince, recommendations, changes, openTo, measures } = history;
  const after = (at: number | undefined) => (at === undefined ? null : Math.round(at) - base);
  return [
    after(since),
    after(drainedAt),
    after(waitingSince),
    recommendations.map(({ at, replicas }) => [Math.round(at) - base, replicas]),
    changes.map(({ at, by }) => [Math.round(at) - base, by]),
    ...lastOf(openTo, measures && measuresRow(measures, base)),
  ];
}

/** What most histories lack takes no place in theirs. */
function lastOf(openTo: number | undefined, measures: z.infer<typeof measuresOf> | undefined) {
  if (measures !== undefined) return [openTo ?? null, measures] as const;
  return openTo === undefined ? ([] as const) : ([openTo] as const);
}

const measuresRow = (known: Measures, base: number): z.infer<typeof measuresOf> => [
  Math.round(known.at) - base,
  Math.round(known.since) - base,
  known.publishedTotal,
  known.acknowledgedTotal,
  known.unacked,
  short(known.arrivalsPerSecond),
  short(known.serviceSeconds),
  short(known.workSeconds),
  short(known.jobs),
];

/** Six digits: no measure is more exact. */
const short = (value: number): number => Number(value.toPrecision(6));

function measuresFrom(row: z.infer<typeof measuresOf>, base: number): Measures {
  const [at, since, publishedTotal, acknowledgedTotal, unacked, ...rest] = row;
  const [arrivalsPerSecond, serviceSeconds, workSeconds, jobs] = rest;
  return {
    ...{ at: base + at, since: base + since, publishedTotal, acknowledgedTotal, unacked },
    ...{ arrivalsPerSecond, serviceSeconds, workSeconds, jobs },
  };
}

function fromRow(
  [since, drainedAt, waitingSince, samples, changes, openTo, told]: Row,
  base: number,
  released: boolean,
): History {
  return {
    ...(released && since !== null && { since: base + since }),
    ...(released && drainedAt !== null && { drainedAt: base + drainedAt }),
    ...(waitingSince !== null && { waitingSince: base + waitingSince }),
    ...(typeof openTo === 'number' && { openTo }),
    ...(told !== undefined && { measures: measuresFrom(told, base) }),
    recommendations: samples.map(([at, replicas]) => ({ at: base + at, replicas })),
    changes: changes.map(([at, by]) => ({ at: base + at, by })),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
