import { EventEmitter } from 'node:events';
import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { parkingOn } from './parking.ts';

interface Parked {
  readonly key: string;
  readonly content: Buffer;
  readonly options: { readonly headers: Record<string, unknown> } & Record<string, unknown>;
}
type Confirm = (error: Error | null) => void;

/** What a broker does with a message; the channel is the test's to break. */
class FakeChannel extends EventEmitter {
  readonly parked: Parked[] = [];
  answer: (options: Parked['options'], confirm: Confirm) => void = (_, confirm) => confirm(null);

  publish(
    exchange: string,
    key: string,
    content: Buffer,
    options: Parked['options'],
    confirm: Confirm,
  ): boolean {
    this.parked.push({ key: `${exchange}/${key}`, content, options });
    this.answer(options, confirm);
    return true;
  }
}

function bed(...openings: (Error | FakeChannel)[]) {
  const left = [...openings];
  const connection = {
    createConfirmChannel: async () => {
      const next = left.shift();
      if (next instanceof FakeChannel) return next as never;
      throw next ?? new Error('more channels than expected');
    },
  };
  return parkingOn(connection, { exchange: 'jobs', routingKey: 'jobs.parked' });
}

const message = (properties: object = {}): ConsumeMessage =>
  ({ content: Buffer.from('body'), fields: {}, properties }) as ConsumeMessage;

it('keeps body and properties, adds why and after how many attempts, and lets nothing expire', async () => {
  const channel = new FakeChannel();
  const headers = { trace: 't', 'x-death': [{ count: 4 }], 'x-first-death-queue': 'jobs' };
  const properties = {
    messageId: 'r-1',
    contentType: 'application/json',
    expiration: '5',
    userId: 'u',
    headers,
  };
  await bed(channel)(message(properties), 'attempts exhausted: boom', 5);
  expect(channel.parked).toEqual([
    {
      key: 'jobs/jobs.parked',
      content: Buffer.from('body'),
      options: {
        ...{ messageId: 'r-1', contentType: 'application/json', persistent: true, mandatory: true },
        headers: {
          ...{ trace: 't', 'x-sluice-reason': 'attempts exhausted: boom', 'x-sluice-attempts': 5 },
          'x-sluice-parking': '1',
        },
      },
    },
  ]);
});

it('cuts a reason that could outgrow a frame', async () => {
  const channel = new FakeChannel();
  await bed(channel)(message(), 'x'.repeat(200_000), 1);
  expect(channel.parked[0]?.options.headers['x-sluice-reason']).toBe('x'.repeat(1000));
});

describe('does not count as parked', () => {
  it('what the broker refuses', async () => {
    const channel = new FakeChannel();
    channel.answer = (_, confirm) => confirm(new Error('message nacked'));
    await expect(bed(channel)(message(), 'why', 1)).rejects.toThrow('message nacked');
  });

  it('what no queue takes, and only that', async () => {
    const channel = new FakeChannel();
    const confirms: Confirm[] = [];
    channel.answer = (_, confirm) => void confirms.push(confirm);
    const park = bed(channel);
    const runs = [park(message(), 'why', 1), park(message(), 'why', 1)];
    const settled = Promise.allSettled(runs);
    while (confirms.length < 2) await Promise.resolve();
    channel.emit('return', { properties: { headers: channel.parked[0]?.options.headers } });
    for (const confirm of confirms) confirm(null);
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await expect(runs[0]).rejects.toThrow("no queue takes 'jobs.parked' of exchange 'jobs'");
  });
});

it('opens one channel for all, and another when that one closed', async () => {
  const [first, second] = [new FakeChannel(), new FakeChannel()];
  const park = bed(first, second);
  await Promise.all([park(message(), 'why', 1), park(message(), 'why', 1)]);
  first.emit('error', new Error('404'));
  first.emit('close');
  await park(message(), 'why', 1);
  expect([first.parked.length, second.parked.length]).toEqual([2, 1]);
});

it('tries to open a channel anew when the last try failed', async () => {
  const channel = new FakeChannel();
  const park = bed(new Error('no more channels'), channel);
  await expect(park(message(), 'why', 1)).rejects.toThrow('no more channels');
  await park(message(), 'why', 1);
  expect(channel.parked).toHaveLength(1);
});
