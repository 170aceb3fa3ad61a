import { EventEmitter } from 'node:events';
import { encodeJob } from '@sluice/runtime';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import { consume } from './consume.ts';
import { Worker } from './worker.ts';

type Deliver = (message: ConsumeMessage | null) => void;

/** A channel that throws once it is closed, as the real one does. */
class FakeChannel extends EventEmitter {
  readonly heard: string[] = [];
  deliver: Deliver = () => {};
  isClosed = false;

  async prefetch(count: number): Promise<void> {
    this.heard.push(`prefetch ${count}`);
  }

  async consume(queue: string, deliver: Deliver): Promise<{ consumerTag: string }> {
    this.heard.push(`consume ${queue}`);
    this.deliver = deliver;
    return { consumerTag: 'tag' };
  }

  async cancel(tag: string): Promise<void> {
    this.heard.push(`cancel ${tag}`);
  }

  ack(): void {
    if (this.isClosed) throw new Error('Channel closed');
    this.heard.push('ack');
  }

  async close(): Promise<void> {
    this.heard.push('close');
  }
}

const message = (): ConsumeMessage =>
  ({ content: encodeJob('r', 1, 0), fields: { redelivered: false }, properties: {} }) as ConsumeMessage;

async function started() {
  const channel = new FakeChannel();
  const stop = new AbortController();
  const work = Promise.withResolvers<void>();
  const warnings: unknown[] = [];
  const readiness: boolean[] = [];
  const worker = new Worker({
    ...{ queue: 'jobs', maxAttempts: 3, handle: () => work.promise },
    log: {
      info: () => {},
      error: () => {},
      warn: (_: object, msg: string) => void warnings.push(msg),
    } as never,
    metrics: { started: () => {}, finished: () => {}, waited: () => {} },
  });
  const connection = { createChannel: async () => channel } as unknown as ChannelModel;
  const run = consume(connection, {
    ...{ queue: 'jobs', prefetch: 2, worker, signal: stop.signal },
    parking: { exchange: 'jobs', routingKey: 'jobs.parked' },
    consuming: (yes) => void readiness.push(yes),
  });
  run.catch(() => {});
  while (readiness.length === 0) await Promise.resolve();
  return { channel, stop, work, run, warnings, readiness };
}

it('takes no more after the signal, and ends when what it has in hand is acknowledged', async () => {
  const { channel, stop, work, run, readiness } = await started();
  channel.deliver(message());
  stop.abort();
  while (!channel.heard.includes('cancel tag')) await Promise.resolve();
  expect(readiness).toEqual([true, false]);
  // Sent by the broker before it heard of the cancel.
  channel.deliver(message());
  expect(channel.heard).not.toContain('close');
  work.resolve();
  await run;
  expect(channel.heard).toEqual(['prefetch 2', 'consume jobs', 'cancel tag', 'ack', 'ack', 'close']);
});

it('survives that the channel closes under a job: the outcome cannot be told, and the job comes again', async () => {
  const { channel, work, run, warnings, readiness } = await started();
  channel.deliver(message());
  channel.isClosed = true;
  channel.emit('close');
  await expect(run).rejects.toThrow('the channel closed');
  expect(readiness.at(-1)).toBe(false);
  work.resolve();
  while (warnings.length === 0) await Promise.resolve();
  expect(warnings).toEqual(['outcome not delivered']);
});

it('fails with what the channel failed with', async () => {
  const { channel, run } = await started();
  channel.emit('error', new Error('PRECONDITION_FAILED'));
  channel.emit('close');
  await expect(run).rejects.toThrow('PRECONDITION_FAILED');
});

it('fails when the broker cancels it: the queue is gone', async () => {
  const { channel, run } = await started();
  channel.deliver(null);
  await expect(run).rejects.toThrow("the broker cancelled the consumer of queue 'jobs'");
});
