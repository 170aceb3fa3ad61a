import { EventEmitter } from 'node:events';
import { decodeJob } from '@sluice/runtime';
import type { ChannelModel } from 'amqplib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Progress } from './progress.ts';
import { publish, STALL_MS } from './publish.ts';

type Settle = (error: Error | null) => void;
interface Published {
  readonly key: string;
  readonly content: Buffer;
  readonly properties: { readonly messageId: string };
  readonly settle: Settle;
}

/** A confirm channel whose broker is the test: nothing is confirmed before the test says so. */
class FakeChannel extends EventEmitter {
  readonly published: Published[] = [];
  closed = false;
  /** What publish answers: false asks to wait for 'drain'. */
  room: () => boolean = () => true;

  publish(exchange: string, key: string, content: Buffer, properties: never, settle: Settle): boolean {
    this.published.push({ key: `${exchange}/${key}`, content, properties, settle });
    return this.room();
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  get ids(): string[] {
    return this.published.map(({ properties }) => properties.messageId);
  }

  confirm(index: number, error: Error | null = null): void {
    this.published[index]?.settle(error);
  }

  return(index: number): void {
    this.emit('return', { properties: this.published[index]?.properties });
  }
}

interface Setup {
  readonly jobs?: number;
  readonly window?: number;
  readonly progress?: Progress;
  readonly room?: () => boolean;
  readonly onRefused?: (jobs: number) => void;
}

function started({
  jobs = 3,
  window = 10,
  progress = new Progress(jobs),
  room = () => true,
  ...rest
}: Setup = {}) {
  const channel = new FakeChannel();
  channel.room = room;
  const connection = Object.assign(new EventEmitter(), { createConfirmChannel: async () => channel });
  const stop = new AbortController();
  const run = publish(connection as unknown as ChannelModel, {
    ...{
      runId: 'run-1',
      exchange: 'jobs',
      routingKey: 'work',
      window,
      progress,
      now: () => 1999,
      random: () => 0.5,
    },
    ...rest,
    signal: stop.signal,
  });
  run.catch(() => {});
  return { channel, connection, stop, run, progress };
}

/** Until the channel is open: a few turns of the microtask queue. */
const opened = async <T>(value: T): Promise<T> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return value;
};

it('publishes every job, persistent, mandatory and identified by its id', async () => {
  const { channel, run } = await opened(started({ jobs: 2 }));
  expect(channel.ids).toEqual(['run-1-0', 'run-1-1']);
  const [first] = channel.published;
  expect(first).toMatchObject({
    key: 'jobs/work',
    properties: {
      ...{ contentType: 'application/json', persistent: true, mandatory: true, messageId: 'run-1-0' },
      timestamp: 1,
    },
  });
  expect(decodeJob(first?.content ?? Buffer.of())).toMatchObject({ id: 'run-1-0', enqueuedAt: 1999 });
  channel.confirm(1);
  channel.confirm(0);
  await run;
  expect(channel.closed).toBe(true);
});

it('repeats the ids when a run is tried again', async () => {
  const [first, again] = [await opened(started()), await opened(started())];
  expect(again.channel.ids).toEqual(first.channel.ids);
});

it('publishes on a new connection only what the last one left unconfirmed', async () => {
  const { channel, run, progress } = await opened(started());
  channel.confirm(1);
  channel.emit('close');
  await expect(run).rejects.toThrow('the channel closed');
  expect((await opened(started({ progress }))).channel.ids).toEqual(['run-1-0', 'run-1-2']);
});

it('never has more than its window unconfirmed, and fills it whenever it can', async () => {
  const sizes = { jobs: fc.integer({ min: 1, max: 40 }), window: fc.integer({ min: 1, max: 10 }) };
  await fc.assert(
    fc.asyncProperty(fc.record(sizes), fc.infiniteStream(fc.nat()), async ({ jobs, window }, draws) => {
      const { channel, run } = await opened(started({ jobs, window }));
      const open = new Set<number>();
      for (let confirmed = 0; confirmed < jobs; confirmed += 1) {
        for (let index = open.size + confirmed; index < channel.published.length; index += 1) open.add(index);
        expect(open.size).toBe(Math.min(window, jobs - confirmed));
        const chosen = [...open][(draws.next().value ?? 0) % open.size] ?? 0;
        open.delete(chosen);
        channel.confirm(chosen);
      }
      await run;
    }),
  );
});

describe('waits', () => {
  it('while the channel is full, until it drains: a confirm does not make room', async () => {
    const { channel, run } = await opened(started({ room: () => false }));
    expect(channel.published).toHaveLength(1);
    channel.confirm(0);
    expect(channel.published).toHaveLength(1);
    channel.room = () => true;
    channel.emit('drain');
    expect(channel.published).toHaveLength(3);
    channel.confirm(1);
    channel.confirm(2);
    await run;
  });

  it('while the broker blocks the connection, and still hears its confirms', async () => {
    const { channel, connection, run, progress } = await opened(started({ window: 1 }));
    connection.emit('blocked');
    channel.confirm(0);
    expect([channel.published.length, progress.confirmed]).toEqual([1, 1]);
    connection.emit('unblocked');
    expect(channel.published).toHaveLength(2);
    channel.confirm(1);
    channel.confirm(2);
    await run;
  });
});

describe('fails and publishes no more', () => {
  it.each([
    [
      'the channel ends with confirms in flight',
      'channel closed',
      (channel) => channel.confirm(0, new Error('channel closed')),
    ],
    ['the channel closes', 'the channel closed', (channel) => channel.emit('close')],
    ['the channel has an error', '404', (channel) => channel.emit('error', new Error('404'))],
  ] as [string, string, (channel: FakeChannel) => void][])('when %s', async (_, message, happen) => {
    const { channel, connection, run } = await opened(started({ room: () => false }));
    happen(channel);
    await expect(run).rejects.toThrow(message);
    channel.emit('drain');
    expect(channel.published).toHaveLength(1);
    connection.emit('unblocked');
    expect(channel.published).toHaveLength(1);
  });

  it('when the signal comes', async () => {
    const { channel, connection, stop, run } = await opened(started({ window: 1 }));
    connection.emit('blocked');
    stop.abort('SIGTERM');
    await expect(run).rejects.toThrow('stopped by SIGTERM while the broker blocked publishers');
    connection.emit('unblocked');
    channel.confirm(0);
    expect(channel.published).toHaveLength(1);
  });
});

describe('what the broker refuses', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const nack = new Error('message nacked');

  it('is published again after a while, and nothing else: confirms in flight count', async () => {
    const refused: number[] = [];
    const { channel, run, progress } = await opened(
      started({ jobs: 5, window: 4, onRefused: (jobs) => refused.push(jobs) }),
    );
    channel.confirm(1, nack);
    channel.confirm(0);
    channel.confirm(2, nack);
    channel.confirm(3);
    // The queue is full: what it was not asked for yet waits too.
    expect(channel.ids).toEqual(['run-1-0', 'run-1-1', 'run-1-2', 'run-1-3']);
    await vi.advanceTimersByTimeAsync(500);
    expect(channel.ids.slice(4)).toEqual(['run-1-1', 'run-1-2', 'run-1-4']);
    expect([refused, progress.refused]).toEqual([[2], 2]);
    for (const index of [4, 5, 6]) channel.confirm(index);
    await run;
    expect([progress.confirmed, vi.getTimerCount()]).toEqual([5, 0]);
  });

  it('is asked less and less often while nothing is confirmed, at least every 5 s', async () => {
    const { channel, stop, run } = await opened(started({ jobs: 1 }));
    const times: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const begun = performance.now();
      channel.confirm(round, nack);
      while (channel.published.length < round + 2) await vi.advanceTimersByTimeAsync(125);
      times.push(performance.now() - begun);
    }
    // Three quarters of 0.5, 1, 2, 4, 5, 5 s, looked at every eighth of a second.
    expect(times).toEqual([375, 750, 1500, 3000, 3750, 3750, 3750, 3750]);
    stop.abort('SIGTERM');
    await expect(run).rejects.toThrow('stopped by SIGTERM while the broker refused jobs (message nacked');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a broker that confirms nothing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is left within a minute for another connection', async () => {
    const { channel, run } = await opened(started({ jobs: 3, window: 2 }));
    const failed = expect(run).rejects.toThrow('the broker confirmed nothing for 30 s');
    await vi.advanceTimersByTimeAsync(STALL_MS);
    channel.confirm(0);
    await vi.advanceTimersByTimeAsync(2 * STALL_MS);
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is waited for while it has an alarm', async () => {
    const { connection, stop, run } = await opened(started({ jobs: 3, window: 2 }));
    connection.emit('blocked');
    await vi.advanceTimersByTimeAsync(10 * STALL_MS);
    stop.abort('SIGTERM');
    await expect(run).rejects.toThrow('while the broker blocked publishers');
  });
});

it('does not wait for a channel when the signal comes', async () => {
  const stop = new AbortController();
  const connection = Object.assign(new EventEmitter(), { createConfirmChannel: () => new Promise(() => {}) });
  const run = publish(connection as unknown as ChannelModel, {
    ...{ runId: 'run-1', exchange: 'jobs', routingKey: 'work', window: 1, progress: new Progress(1) },
    signal: stop.signal,
  });
  stop.abort('SIGTERM');
  await expect(run).rejects.toThrow('stopped by SIGTERM while the broker did not answer');
});

it('counts a job that comes back as returned, not as confirmed, and ends all the same', async () => {
  const { channel, run, progress } = await opened(started({ jobs: 2 }));
  channel.return(1);
  channel.confirm(0);
  channel.confirm(1);
  await run;
  expect([progress.confirmed, progress.returned]).toEqual([1, 1]);
});

it('does not mind what comes back and is none of its jobs', async () => {
  const { channel, progress } = await opened(started());
  channel.emit('return', { properties: { messageId: 'other' } });
  channel.emit('return', { properties: {} });
  expect([progress.returned, progress.unconfirmed]).toEqual([0, 3]);
});
