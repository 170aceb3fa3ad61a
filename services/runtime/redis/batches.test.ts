import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batches, type BatchesOptions, backoffMs, type ItemResult } from './batches.ts';

const WRITTEN: ItemResult = { done: 'written' };

function harness(write: (items: readonly number[]) => Promise<readonly ItemResult[]>, size = 3) {
  let clock = 0;
  const stopping = new AbortController();
  const outages: (string | undefined)[] = [];
  const options: BatchesOptions<number> = {
    ...{ size, write, holdMs: 1000, stop: stopping.signal },
    outage: (error) => outages.push(error?.message),
    sleep: async (ms) => {
      clock += ms;
    },
    now: () => clock,
    random: () => 1,
  };
  return { batches: new Batches(options), outages, stop: () => stopping.abort(), clock: () => clock };
}

describe('batches', () => {
  it('hold at most so many items, in the order of submission', async () => {
    const written: (readonly number[])[] = [];
    const { batches } = harness(async (items) => {
      written.push(items);
      return items.map(() => WRITTEN);
    });
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => batches.submit(item)));
    expect(written).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('give each item its own result', async () => {
    const error = new Error('no');
    const { batches } = harness(
      async (items) => items.map((item) => (item % 2 === 0 ? { error } : WRITTEN)),
      100,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 300 }), async (items) => {
        const results = await Promise.all(items.map((item) => batches.submit(item)));
        expect(results).toEqual(items.map((item) => (item % 2 === 0 ? { error } : WRITTEN)));
      }),
    );
  });

  it('are written again while the store is away', async () => {
    let tries = 0;
    const { batches, outages } = harness(async (items) => {
      tries += 1;
      if (tries < 3) throw new Error('away');
      return items.map(() => WRITTEN);
    });
    expect(await batches.submit(1)).toEqual(WRITTEN);
    expect(outages).toEqual(['away', 'away', undefined]);
  });

  it('fail when the store is away for too long, and the next ones are tried', async () => {
    let away = true;
    const { batches, clock } = harness(async (items) => {
      if (away) throw new Error('away');
      return items.map(() => WRITTEN);
    });
    expect(await batches.submit(1)).toEqual({ error: new Error('away') });
    expect(clock()).toBeLessThanOrEqual(1000);
    away = false;
    expect(await batches.submit(2)).toEqual(WRITTEN);
  });

  it('are not held when the process stops', async () => {
    const { batches, stop, clock } = harness(async () => {
      throw new Error('away');
    });
    stop();
    expect(await batches.submit(1)).toEqual({ error: new Error('away') });
    expect(clock()).toBe(0);
  });

  it('fail an item that the store says nothing of', async () => {
    const { batches } = harness(async () => []);
    expect(await batches.submit(1)).toEqual({ error: new Error('the write gave no result for this item') });
  });
});

it('waits longer with each failure, at most 5 s', () => {
  expect([1, 2, 3, 10, 10_000].map((failures) => backoffMs(failures, () => 1))).toEqual([
    200, 400, 800, 5000, 5000,
  ]);
});
