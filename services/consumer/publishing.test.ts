import { EventEmitter } from 'node:events';
import type { ConsumeMessage } from 'amqplib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PublishingConnection } from './publishing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Confirm = (error: Error | null) => void;

class FakeChannel extends EventEmitter {
  readonly confirms: Confirm[] = [];

  publish(_: string, __: string, ___: Buffer, ____: object, confirm: Confirm): boolean {
    this.confirms.push(confirm);
    return true;
  }
}

class FakeConnection extends EventEmitter {
  readonly channels: FakeChannel[] = [];

  async createConfirmChannel(): Promise<FakeChannel> {
    const channel = new FakeChannel();
    this.channels.push(channel);
    return channel;
  }

  async close(): Promise<void> {
    this.emit('close');
  }
}

function setup() {
  const connections: FakeConnection[] = [];
  const heard: unknown[] = [];
  const publishing = new PublishingConnection({
    target: () => ({ hostname: 'broker', port: 5672, vhost: '/' }),
    connect: async () => {
      const connection = new FakeConnection();
      connections.push(connection);
      return connection as never;
    },
    log: { info: () => {}, warn: (_: object, msg: string) => void heard.push(msg) } as never,
    metrics: { blocked: (yes) => void heard.push(`blocked ${yes}`), lost: () => void heard.push('lost') },
  });
  const going = new AbortController();
  const message = { content: Buffer.from('x'), properties: {} } as ConsumeMessage;
  const republish = () =>
    publishing.republish(going.signal, message, { exchange: 'jobs', routingKey: 'jobs.retry' }, {});
  const confirms = () => connections.flatMap(({ channels }) => channels).flatMap((each) => each.confirms);
  return { publishing, republish, connections, confirms, heard, going };
}

const turn = () => vi.advanceTimersByTimeAsync(0);

it('connects when it is first needed, once', async () => {
  const { publishing, republish, connections, confirms } = setup();
  await turn();
  expect(connections).toHaveLength(0);
  const ends = [republish(), republish()];
  await turn();
  for (const confirm of confirms()) confirm(null);
  await Promise.all(ends);
  expect([connections.length, connections[0]?.channels.length]).toEqual([1, 1]);
  await publishing.close();
});

it('sends nothing while it is blocked, and nothing that was given up meanwhile', async () => {
  const { publishing, republish, connections, confirms, going } = setup();
  const first = republish();
  await turn();
  confirms()[0]?.(null);
  await first;
  connections[0]?.emit('blocked', 'low on memory');
  expect(publishing.blocked).toBe(true);
  const second = republish();
  second.catch(() => {});
  await turn();
  expect(confirms()).toHaveLength(1);
  going.abort(new Error('given up'));
  connections[0]?.emit('unblocked');
  await expect(second).rejects.toThrow('given up');
  expect(confirms()).toHaveLength(1);
  await publishing.close();
});

it('takes a channel that is closed for want of disk for an alarm, and waits', async () => {
  const { publishing, republish, connections, confirms, heard } = setup();
  const first = republish();
  first.catch(() => {});
  await turn();
  const [channel] = connections[0]?.channels ?? [];
  const refusal = Object.assign(new Error('PRECONDITION_FAILED - low disk space'), { code: 406 });
  channel?.emit('error', refusal);
  channel?.emit('close');
  confirms()[0]?.(new Error('channel closed'));
  await expect(first).rejects.toThrow('low disk space');
  expect([publishing.blocked, heard]).toEqual([true, ['alarm of the broker', 'blocked true']]);
  const second = republish();
  await vi.advanceTimersByTimeAsync(14_000);
  expect(confirms()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  confirms()[1]?.(null);
  await second;
  expect(publishing.blocked).toBe(false);
  await publishing.close();
});

it('publishes on another connection when its first is lost', async () => {
  const { publishing, republish, connections, confirms } = setup();
  const first = republish();
  first.catch(() => {});
  await turn();
  connections[0]?.channels[0]?.emit('close');
  confirms()[0]?.(new Error('channel closed'));
  connections[0]?.emit('close', new Error('reset'));
  await expect(first).rejects.toThrow('channel closed');
  const second = republish();
  await vi.waitFor(() => expect(confirms()).toHaveLength(2));
  confirms()[1]?.(null);
  await second;
  expect(connections).toHaveLength(2);
  await publishing.close();
});
