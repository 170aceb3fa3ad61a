import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LogLine,
  objectKey,
  parseDone,
  parseLogLine,
  type Span,
} from '../../packages/contracts/log-report.ts';
import { runs as tries } from '../../test/support/properties.ts';
import { type Extraction, extractWindow, MissingLinesError, windowsToDo } from './extract.ts';
import type { ObjectStore, Written } from './object-store.ts';
import { runExtraction } from './run.ts';
import type { LogSource } from './sources/source.ts';
import { closedWindows, windowsOf } from './windows.ts';

const MINUTE = 60_000;
const rule = { windowMs: 10 * MINUTE, lateMs: 2 * MINUTE, catchUp: 6 };
const signal = new AbortController().signal;
const START = Date.parse('2026-11-29T15:00:00Z');

interface Arrival {
  readonly id: number;
  readonly namespace: string;
  /** When it was said. */
  readonly at: number;
  /** When the store has it. */
  readonly arrives: number;
}

/** A log store at an instant: it has what has arrived. */
const sourceAt = (now: number, arrivals: readonly Arrival[]): LogSource => {
  const within = ({ start, end }: Span) =>
    arrivals.filter(({ at, arrives }) => arrives <= now && at >= start && at < end);
  return {
    namespaces: async (span) =>
      [...Map.groupBy(within(span), ({ namespace }) => namespace)].map(([namespace, lines]) => ({
        ...{ namespace, lines: lines.length },
      })),
    async *lines(namespace, span) {
      for (const { id, at } of within(span).filter((line) => line.namespace === namespace))
        yield lineOf(id, at);
    },
  };
};

const lineOf = (id: number, at: number): LogLine => ({
  ...{ kind: 'line', time: new Date(at).toISOString(), pod: 'p', container: 'c', stream: '', level: '' },
  message: String(id),
});

/** A bucket in memory that ends the run at its nth write, before it or after it. */
class Bucket implements ObjectStore {
  readonly objects = new Map<string, string>();
  /** Writes until the run dies. */
  left = Number.POSITIVE_INFINITY;

  exists = async (key: string): Promise<boolean> => this.objects.has(key);

  async *list(prefix: string): AsyncGenerator<string> {
    yield* [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async putText(key: string, text: string): Promise<Written> {
    if (this.left <= 0) throw new Error('killed');
    this.left -= 1;
    if (this.objects.has(key)) return 'existed';
    this.objects.set(key, text);
    return 'written';
  }

  async putLines(key: string, lines: AsyncIterable<string>): Promise<Written> {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return this.putText(key, all.join('\n'));
  }

  getText = async (key: string): Promise<string> => this.objects.get(key) ?? '';

  async *getLines(key: string): AsyncGenerator<string> {
    yield* (this.objects.get(key) ?? '').split('\n');
  }
}

const extractionFrom = (source: LogSource, objects: ObjectStore): Extraction => ({
  ...{ family: 'raw', source, objects, rule, selection: { kind: 'all' } },
  namespaces: { only: [], except: ['kube-system'] },
});

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Id -> the keys of the objects that hold it. */
const placesOf = (bucket: Bucket): Map<number, string[]> => {
  const places = new Map<number, string[]>();
  for (const [key, text] of bucket.objects)
    for (const line of key.startsWith('raw/') ? text.split('\n').slice(1) : []) {
      const id = Number(parseLogLine(line).message);
      places.set(id, [...(places.get(id) ?? []), key]);
    }
  return places;
};

describe('the windows', () => {
  it('are closed when lines may no longer be late, and are looked back at so far and no further', () => {
    const starts = (now: number) => closedWindows(now, rule).map(({ start }) => (start - START) / MINUTE);
    expect(starts(START + 12 * MINUTE - 1)).toEqual([-60, -50, -40, -30, -20, -10]);
    expect(starts(START + 12 * MINUTE)).toEqual([-50, -40, -30, -20, -10, 0]);
  });

  it('of a span are those that it touches', () => {
    const starts = (start: number, end: number) =>
      windowsOf({ start: START + start * MINUTE, end: START + end * MINUTE }, rule).map(
        (window) => (window.start - START) / MINUTE,
      );
    expect([starts(0, 10), starts(5, 25), starts(9, 11), starts(3, 3)]).toEqual([
      [0],
      [0, 10, 20],
      [0, 10],
      [0],
    ]);
  });
});

const windowOf = ({ namespace, at }: Arrival): string =>
  objectKey('raw', { namespace, start: Math.floor(at / rule.windowMs) * rule.windowMs });

interface PlannedRun {
  /** Minutes after the start. */
  readonly after: number;
  /** Writes that it makes before it dies. */
  readonly dies: number;
  /** Another one runs beside it. */
  readonly beside: boolean;
}

/** What is there after runs that may die, and a last one that does not. */
async function bucketAfter(all: readonly Arrival[], schedule: readonly PlannedRun[]): Promise<Bucket> {
  const bucket = new Bucket();
  const runAt = async (now: number, dies: number) => {
    bucket.left = dies;
    await runExtraction(extractionFrom(sourceAt(now, all), bucket), quiet, now, signal).catch(() => {});
  };
  for (const { after, dies, beside } of schedule.toSorted((a, b) => a.after - b.after)) {
    const now = START + after * MINUTE;
    await Promise.all([runAt(now, dies), ...(beside ? [runAt(now + 1, dies)] : [])]);
  }
  await runAt(START + 62 * MINUTE, Number.POSITIVE_INFINITY);
  return bucket;
}

describe('a line', () => {
  const runs = fc.array(
    fc.record({
      after: fc.double({ min: 0, max: 45, noNaN: true }),
      dies: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(6)),
      beside: fc.boolean(),
    }),
    { maxLength: 8 },
  );
  const arrivals = fc.array(
    fc.record({
      namespace: fc.constantFrom('consumer', 'api', 'kube-system'),
      minute: fc.double({ min: 0, max: 59.99, noNaN: true }),
      late: fc.double({ min: 0, max: 2, noNaN: true }),
    }),
    { maxLength: 40 },
  );

  it('that is at most 2 minutes late is in one object, that of its window, and there once, whatever runs there are', async () => {
    const property = fc.asyncProperty(arrivals, runs, async (lines, schedule) => {
      const all = lines.map(({ namespace, minute, late }, id) => {
        const at = Math.floor(START + minute * MINUTE);
        return { id, namespace, at, arrives: at + late * MINUTE };
      });
      const bucket = await bucketAfter(all, schedule);
      const taken = all.filter(({ namespace }) => namespace !== 'kube-system');
      expect(placesOf(bucket)).toEqual(new Map(taken.map((line) => [line.id, [windowOf(line)]])));
    });
    await fc.assert(property, { numRuns: tries(200) });
  });

  it('that is later than that is in no object, if its window was taken before it came', async () => {
    const late = { id: 1, namespace: 'consumer', at: START, arrives: START + 13 * MINUTE };
    const bucket = new Bucket();
    for (const minute of [12, 22])
      await runExtraction(
        extractionFrom(sourceAt(START + minute * MINUTE, [late]), bucket),
        quiet,
        START + minute * MINUTE,
        signal,
      );
    expect(placesOf(bucket).size).toBe(0);
  });
});

describe('a window', () => {
  const window = { start: START, end: START + 10 * MINUTE };
  const line = { id: 1, namespace: 'consumer', at: START, arrives: START };
  const last = START + 62 * MINUTE;

  it('that is complete is not read again', async () => {
    const bucket = new Bucket();
    const extraction = extractionFrom(sourceAt(START, [line]), bucket);
    expect(await windowsToDo(extraction, START + 12 * MINUTE, signal)).toHaveLength(6);
    const done = await extractWindow(extraction, window, signal);
    expect(done.namespaces).toEqual({ consumer: 1 });
    expect(parseDone(bucket.objects.get('done/raw/2026/11/29/1500.json') ?? '')).toEqual(done);
    expect(await windowsToDo(extraction, START + 12 * MINUTE, signal)).toHaveLength(5);
  });

  it('of which the store gives fewer lines than it counted becomes no object', async () => {
    const bucket = new Bucket();
    const source = sourceAt(START, [line]);
    const short: LogSource = { ...source, namespaces: async () => [{ namespace: 'consumer', lines: 2 }] };
    await expect(extractWindow(extractionFrom(short, bucket), window, signal)).rejects.toThrow(
      MissingLinesError,
    );
    expect(bucket.objects.size).toBe(0);
  });

  it('that fails keeps no other from being completed', async () => {
    const bucket = new Bucket();
    const source = sourceAt(last, [line]);
    const failing: LogSource = {
      ...source,
      namespaces: (span, ...others) => {
        if (span.start === START + 10 * MINUTE) throw new Error('down');
        return source.namespaces(span, ...others);
      },
    };
    const result = await runExtraction(extractionFrom(failing, bucket), quiet, last, signal);
    expect(result).toEqual({ complete: 5, failed: 1, lines: 1 });
  });
});

describe('a window that no run has completed', () => {
  const warnedAt = async (bucket: Bucket, now: number): Promise<unknown[]> => {
    const warned: unknown[] = [];
    const log = { ...quiet, warn: (facts: unknown, text?: string) => void warned.push([facts, text]) };
    await runExtraction(extractionFrom(sourceAt(now, []), bucket), log as typeof quiet, now, signal);
    return warned;
  };

  it('is named when it is given up, and one before the first run is not', async () => {
    const bucket = new Bucket();
    const now = START + 12 * MINUTE;
    expect(await warnedAt(bucket, now)).toEqual([]);
    // An hour and 20 minutes without a run: the windows of 15:10 and 15:20 are out of reach, and 15:20 has just gone.
    const later = now + 80 * MINUTE;
    expect(await warnedAt(bucket, later)).toEqual([
      [{ start: '2026-11-29T15:20:00.000Z' }, 'window given up'],
    ]);
    expect(await warnedAt(bucket, now + 60 * MINUTE)).toEqual([]);
  });
});

describe('a record that an agent has pushed twice', () => {
  it('is in the object once, however often and wherever it comes again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 60 }), async (ids) => {
        const bucket = new Bucket();
        const arrivals = ids.map((id) => ({ id, namespace: 'a', at: START + id, arrives: START }));
        const source = sourceAt(START + 12 * MINUTE, arrivals);
        const extraction = { ...extractionFrom(source, bucket), identityOf: ({ time }: LogLine) => time };
        const { namespaces } = await extractWindow(
          extraction,
          { start: START, end: START + 600_000 },
          signal,
        );
        expect(namespaces).toEqual({ a: new Set(ids).size });
        const [key] = [...bucket.objects.keys()].filter((one) => one.startsWith('raw/'));
        const found = [...placesOf(bucket)];
        expect(found.map(([id]) => id).sort()).toEqual([...new Set(ids)].sort());
        expect(found.every(([, keys]) => keys.length === 1 && keys[0] === key)).toBe(true);
      }),
    );
  });
});
