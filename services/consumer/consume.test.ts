import { EventEmitter } from 'node:events';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HandLike } from './attempts.ts';
import { consume } from './consumption.ts';

type Deliver = (message: ConsumeMessage | null) => void;

/** A broker's side of a channel; deliveries are the test's to make. */
class FakeChannel extends EventEmitter {
  readonly heard: string[] = [];
  readonly deliver: Deliver[] = [];

  async prefetch(count: number): Promise<void> {
    this.heard.push(`prefetch ${count}`);
  }

  async consume(queue: string, deliver: Deliver): Promise<{ consumerTag: string }> {
    this.deliver.push(deliver);
    this.heard.push(`consume ${queue}`);
    return { consumerTag: `tag-${this.deliver.length}` };
  }

  async cancel(tag: string): Promise<void> {
    this.heard.push(`cancel ${tag}`);
  }

  ack({ content }: ConsumeMessage): void {
    this.heard.push(`ack ${content}`);
  }

  nack({ content }: ConsumeMessage): void {
    this.heard.push(`nack ${content}`);
  }

  async close(): Promise<void> {
    this.heard.push('close');
  }
}

const message = (name: string): ConsumeMessage => ({ content: Buffer.from(name) }) as ConsumeMessage;

/** One message at work: ends when the test says so. */
interface Work {
  readonly name: string;
  readonly hand: HandLike;
  end(): void;
}

/** Says of a message's content that it was let pass, as `LargeBodies` does of a frame's. */
const bodies = {
  watch: () => {},
  unreadBytes: ({ content }: ConsumeMessage) =>
    Number(/^large (\d+)/.exec(String(content))?.[1]) || undefined,
  mayFit: (bytes: number) => bytes <= 100,
  release: () => {},
};

async function started(prefetch = 2) {
  const channel = new FakeChannel();
  const large: (number | 'ended')[] = [];
  const kept = (_: ConsumeMessage, bytes: number) => {
    large.push(bytes);
    return () => void large.push('ended');
  };
  const stop = new AbortController();
  const begun: Work[] = [];
  const readiness: boolean[] = [];
  const worker = {
    work: async (taken: ConsumeMessage, hand: HandLike) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      begun.push({ name: String(taken.content), hand, end: resolve });
      await promise;
      hand.ack(taken);
    },
  };
  const run = consume({ createChannel: async () => channel } as unknown as ChannelModel, {
    ...{ queue: 'jobs', prefetch, worker, signal: stop.signal, bodies, kept },
    consuming: (yes) => void readiness.push(yes),
  });
  run.catch(() => {});
  while (readiness.length === 0) await Promise.resolve();
  const names = () => begun.map(({ name }) => name);
  return { channel, stop, begun, names, run, readiness, large };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('takes no more after the signal, and ends when what it has in flight is acknowledged', async () => {
  const { channel, stop, begun, run, readiness } = await started();
  channel.deliver[0]?.(message('a'));
  stop.abort();
  await turn();
  expect(readiness).toEqual([true, false]);
  // Sent by the broker before it heard of the cancel.
  channel.deliver[0]?.(message('b'));
  expect(channel.heard).not.toContain('close');
  for (const { end } of begun) end();
  await run;
  expect(channel.heard).toEqual(['prefetch 2', 'consume jobs', 'cancel tag-1', 'ack a', 'ack b', 'close']);
});

it('gives up what it held when the channel is gone', async () => {
  const { channel, begun, run, readiness } = await started();
  channel.deliver[0]?.(message('a'));
  channel.emit('close');
  await expect(run).rejects.toThrow('the channel closed');
  expect(readiness.at(-1)).toBe(false);
  expect(begun[0]?.hand.gone.aborted).toBe(true);
});

it('fails with what the channel failed with', async () => {
  const { channel, run } = await started();
  channel.emit('error', new Error('PRECONDITION_FAILED'));
  channel.emit('close');
  await expect(run).rejects.toThrow('PRECONDITION_FAILED');
});

it('fails when the broker cancels it: the queue is gone', async () => {
  const { channel, run } = await started();
  channel.deliver[0]?.(null);
  await expect(run).rejects.toThrow("the broker cancelled the consumer of queue 'jobs'");
});

it('gives the place of a held message to another, with one more consumer, and takes it back', async () => {
  const { channel, begun, names } = await started(1);
  channel.deliver[0]?.(message('held'));
  const back = begun[0]?.hand.hold(message('held'));
  await turn();
  expect(channel.heard.slice(2)).toEqual(['prefetch 1', 'consume jobs']);
  channel.deliver[1]?.(message('good'));
  expect(names()).toEqual(['held', 'good']);
  back?.();
  begun[0]?.end();
  await turn();
  expect(channel.heard.slice(4)).toEqual(['cancel tag-2', 'ack held']);
  // The first consumer's place is free, but the second one's job is still at work.
  channel.deliver[0]?.(message('next'));
  expect(names()).toEqual(['held', 'good']);
  begun[1]?.end();
  await turn();
  expect(names()).toEqual(['held', 'good', 'next']);
});

it('begins nothing that waits when it stops', async () => {
  const { channel, begun, names, stop, run } = await started(1);
  for (const name of ['a', 'b']) channel.deliver[0]?.(message(name));
  stop.abort();
  await turn();
  begun[0]?.end();
  await run;
  expect(names()).toEqual(['a']);
  expect(channel.heard).not.toContain('ack b');
});

it('holds no more than the memory of a pod bears', async () => {
  const { channel, begun } = await started(200);
  for (let index = 0; index < 200; index += 1) channel.deliver[0]?.(message(String(index)));
  for (const { name, hand } of begun) hand.hold(message(name));
  const large = { content: Buffer.alloc(9 * 1024 * 1024) } as ConsumeMessage;
  begun[0]?.hand.hold(large);
  await turn();
  expect(channel.heard.filter((each) => each === 'consume jobs')).toHaveLength(1 + 100);
});

describe('a message whose body was let pass', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is kept without a place among the prefetch, until the channel ends', async () => {
    const { channel, run, names, large } = await started(1);
    channel.deliver[0]?.(message('large 101'));
    await turn();
    vi.advanceTimersByTime(3_600_000);
    channel.deliver[1]?.(message('good'));
    expect(names()).toEqual(['good']);
    expect(channel.heard.slice(2)).toEqual(['prefetch 1', 'consume jobs']);
    expect(large).toEqual([101]);
    channel.emit('close');
    await expect(run).rejects.toThrow('the channel closed');
    expect(large).toEqual([101, 'ended']);
  });

  it('goes back to the queue after 5 s where it would have had room alone', async () => {
    const { channel, names, large } = await started(1);
    channel.deliver[0]?.(message('large 100'));
    await turn();
    vi.advanceTimersByTime(4999);
    expect(channel.heard.slice(2)).toEqual(['prefetch 1', 'consume jobs']);
    vi.advanceTimersByTime(1);
    await turn();
    expect(channel.heard.slice(4)).toEqual(['nack large 100', 'cancel tag-2']);
    expect(large).toEqual([100, 'ended']);
    channel.deliver[0]?.(message('good'));
    expect(names()).toEqual(['good']);
  });

  it('is not returned twice by a channel that closes meanwhile', async () => {
    const { channel, stop, run } = await started(1);
    channel.deliver[0]?.(message('large 100'));
    await turn();
    stop.abort();
    await run;
    vi.advanceTimersByTime(5000);
    expect(channel.heard.filter((text) => text.startsWith('nack'))).toEqual([]);
  });
});
