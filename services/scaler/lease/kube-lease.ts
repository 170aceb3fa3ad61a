import type { History, Measures } from '@sluice/policy';
import * as z from 'zod';
import { statusOf } from '../targets/kubernetes.ts';
import type { LeaseRecord } from './lease-rules.ts';

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

/** A Lease as stored, with what travels in it. */
export interface StoredLease extends LeaseRecord {
  readonly transitions: number;
  /** Epoch milliseconds; undefined when no scaler ever held it. */
  readonly acquiredAt?: number;
  /** The histories' annotation. */
  readonly history?: string;
}

export type LeaseContent = Omit<StoredLease, 'version'> & { readonly renewedAt: number };

/** Another candidate wrote first. */
export class LeaseConflict extends Error {
  override readonly name = 'LeaseConflict';
}

/** Where the Lease is kept: a compare-and-set register. */
export interface LeaseStore {
  read(signal: AbortSignal): Promise<StoredLease | undefined>;
  /** Creates it when `replaces` is undefined. @throws {LeaseConflict} when it is not at that version any more */
  write(content: LeaseContent, replaces: string | undefined, signal: AbortSignal): Promise<StoredLease>;
}

/** The annotation of the Lease that holds what the leader remembers. */
export const HISTORY_ANNOTATION = 'sluice.dev/history';

/** The part of a Kubernetes Lease that matters; instants as RFC 3339 with microseconds, or Dates. */
export interface LeaseLike {
  metadata?: {
    name?: string;
    namespace?: string;
    resourceVersion?: string;
    annotations?: Record<string, string>;
  };
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    leaseTransitions?: number;
    acquireTime?: Date | string;
    renewTime?: Date | string;
  };
}

/** Errors carry the HTTP status as `code`. */
export interface LeaseApiLike {
  readLease(signal: AbortSignal): Promise<LeaseLike>;
  createLease(body: LeaseLike, signal: AbortSignal): Promise<LeaseLike>;
  replaceLease(body: LeaseLike, signal: AbortSignal): Promise<LeaseLike>;
}

/** The namespace and the name of a Lease. */
export interface LeaseName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * A coordination.k8s.io/v1 Lease as the compare-and-set register; resourceVersion is the version. Foreign
 * annotations and labels are those of the manifest that made the Lease: they are kept.
 */
export function kubeLease({ name, namespace }: LeaseName, api: LeaseApiLike): LeaseStore {
  let known: LeaseLike = {};
  const keep = (lease: LeaseLike): StoredLease => {
    known = lease;
    return toStored(lease);
  };
  const read = async (signal: AbortSignal): Promise<StoredLease | undefined> => {
    try {
      return keep(await api.readLease(signal));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };
  const write = async (content: LeaseContent, replaces: string | undefined, signal: AbortSignal) => {
    const body = toLease(content, { name, namespace }, replaces === undefined ? {} : known, replaces);
    try {
      return keep(
        await (replaces === undefined ? api.createLease(body, signal) : api.replaceLease(body, signal)),
      );
    } catch (error) {
      throw statusOf(error) === 409 ? new LeaseConflict() : error;
    }
  };
  return { read, write };
}

function toLease(
  content: LeaseContent,
  named: LeaseName,
  known: LeaseLike,
  version: string | undefined,
): LeaseLike {
  const { [HISTORY_ANNOTATION]: _, ...foreign } = known.metadata?.annotations ?? {};
  const annotations = {
    ...foreign,
    ...(content.history !== undefined && { [HISTORY_ANNOTATION]: content.history }),
  };
  return {
    metadata: {
      ...known.metadata,
      ...named,
      annotations,
      ...(version !== undefined && { resourceVersion: version }),
    },
    spec: {
      holderIdentity: content.holder,
      leaseDurationSeconds: Math.ceil(content.durationMs / 1000),
      leaseTransitions: content.transitions,
      acquireTime: new Date(content.acquiredAt ?? content.renewedAt),
      renewTime: new Date(content.renewedAt),
    },
  };
}

/** @throws Error when the server left out the version: nothing could be guarded with it */
function toStored({ metadata, spec }: LeaseLike): StoredLease {
  const version = metadata?.resourceVersion;
  if (version === undefined) throw new Error('the Lease came without a resourceVersion');
  const history = metadata?.annotations?.[HISTORY_ANNOTATION];
  return {
    holder: spec?.holderIdentity ?? '',
    durationMs: (spec?.leaseDurationSeconds ?? 0) * 1000,
    transitions: spec?.leaseTransitions ?? 0,
    version,
    ...(spec?.acquireTime !== undefined && { acquiredAt: new Date(spec.acquireTime).getTime() }),
    ...(history !== undefined && { history }),
  };
}
