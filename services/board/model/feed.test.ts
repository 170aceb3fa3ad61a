import { describe, expect, it } from 'vitest';
import { FeedPoller, OnDemand } from './feed.ts';

describe('what is polled', () => {
  it('is loading, then live, and stays when the source is gone; each change is reported once', async () => {
    const answers = [1, 2, new Error('gone'), new Error('gone'), 3];
    const reports: (string | undefined)[] = [];
    const poller = new FeedPoller({
      ...{ name: 'source', everyMs: 1000, changed: () => {}, now: () => 7 },
      read: async () => {
        const next = answers.shift();
        if (next instanceof Error) throw next;
        return next;
      },
      reported: (_, failure) => void reports.push(failure),
    });
    expect(poller.feed.connection.kind).toBe('loading');
    const seen = [];
    for (let poll = 0; poll < 5; poll += 1) {
      await poller.poll();
      seen.push([poller.feed.connection.kind, poller.feed.value]);
    }
    expect(seen).toEqual([
      ...[
        ['live', 1],
        ['live', 2],
        ['stale', 2],
        ['stale', 2],
        ['live', 3],
      ],
    ]);
    expect(reports).toEqual(['gone', undefined]);
  });

  it('has failed where it has never answered', async () => {
    const poller = new FeedPoller({
      ...{ name: 'source', everyMs: 1000, changed: () => {}, reported: () => {} },
      read: async () => Promise.reject(new Error('no route')),
    });
    await poller.poll();
    expect(poller.feed).toEqual({ connection: { kind: 'failed', message: 'no route' } });
  });
});

describe('what is read when somebody asks', () => {
  function values(most = 2) {
    let now = 0;
    const read: string[] = [];
    const kept = new OnDemand({
      ...{ freshMs: 10, most, changed: () => {}, now: () => now },
      read: async (key: string) => {
        read.push(key);
        return `${key}${read.length}`;
      },
    });
    return {
      kept,
      read,
      pass: (ms: number) => {
        now += ms;
      },
    };
  }

  it('is read once however many ask, and again when it is old', async () => {
    const { kept, read, pass } = values();
    const both = await Promise.all([kept.get('a'), kept.get('a')]);
    expect(both.map(({ value }) => value)).toEqual(['a1', 'a1']);
    pass(10);
    expect((await kept.get('a')).value).toBe('a2');
    expect(read).toEqual(['a', 'a']);
  });

  it('does not hold who asks while its source is silent: it is loading, and there when it is read', async () => {
    const answer = Promise.withResolvers<string>();
    const changes: number[] = [];
    const kept = new OnDemand({
      ...{ freshMs: 10, most: 4, waitMs: 1, changed: () => void changes.push(1) },
      read: () => answer.promise,
    });
    expect((await kept.get('a')).connection.kind).toBe('loading');
    expect(kept.peek('a').value).toBeUndefined();
    answer.resolve('late');
    await expect.poll(() => changes.length).toBe(1);
    expect(kept.peek('a').value).toBe('late');
  });

  it('gives who peeks what is there, and reads on', async () => {
    const { kept, pass } = values();
    await kept.get('a');
    pass(10);
    expect(kept.peek('a').value).toBe('a1');
    await expect.poll(() => kept.peek('a').value).toBe('a2');
  });

  it('keeps those that were asked for last', async () => {
    const { kept, read } = values(2);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await kept.get(key);
    expect(read).toEqual(['a', 'b', 'c', 'b']);
  });
});
