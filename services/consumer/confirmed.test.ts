import { EventEmitter } from 'node:events';
import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { confirmedOn } from './confirmed.ts';

interface Published {
  readonly key: string;
  readonly content: Buffer;
  readonly options: { readonly headers: Record<string, unknown> } & Record<string, unknown>;
}
type Confirm = (error: Error | null) => void;

/** What a broker does with a message; the channel is the test's to break. */
class FakeChannel extends EventEmitter {
  readonly published: Published[] = [];
  answer: (options: Published['options'], confirm: Confirm) => void = (_, confirm) => confirm(null);

  publish(
    exchange: string,
    key: string,
    content: Buffer,
    options: Published['options'],
    confirm: Confirm,
  ): boolean {
    this.published.push({ key: `${exchange}/${key}`, content, options });
    this.answer(options, confirm);
    return true;
  }
}

function setup(...openings: (Error | FakeChannel)[]) {
  const left = [...openings];
  const republish = confirmedOn({
    createConfirmChannel: async () => {
      const next = left.shift();
      if (next instanceof FakeChannel) return next as never;
      throw next ?? new Error('more channels than expected');
    },
  });
  return (message = messageWith()) =>
    republish(message, { exchange: 'jobs', routingKey: 'jobs.parked' }, { why: 1 });
}

const messageWith = (properties: object = {}): ConsumeMessage =>
  ({ content: Buffer.from('body'), fields: {}, properties }) as ConsumeMessage;

it('publishes body, properties and the headers that are added', async () => {
  const channel = new FakeChannel();
  await setup(channel)(messageWith({ messageId: 'r-1', headers: { trace: 't' } }));
  const headers = { trace: 't', why: 1, 'x-sluice-publication': '1' };
  expect(channel.published).toEqual([
    {
      ...{ key: 'jobs/jobs.parked', content: Buffer.from('body') },
      options: { messageId: 'r-1', persistent: true, mandatory: true, headers },
    },
  ]);
});

it('publishes the bare message when its properties cannot be written', async () => {
  const channel = new FakeChannel();
  channel.answer = ({ headers }, confirm) => {
    if ('trace' in headers) throw new SyntaxError('Cannot convert x to a BigInt');
    confirm(null);
  };
  await setup(channel)(messageWith({ messageId: 'r-1', headers: { trace: { '!': 'long', value: 'x' } } }));
  expect(channel.published.at(-1)?.options).toMatchObject({
    ...{ messageId: 'r-1', headers: { why: 1, 'x-sluice-omitted-headers': '*' } },
  });
});

describe('does not count as published', () => {
  it('what the broker refuses', async () => {
    const channel = new FakeChannel();
    channel.answer = (_, confirm) => confirm(new Error('message nacked'));
    await expect(setup(channel)()).rejects.toThrow('message nacked');
  });

  it('what ended the channel, and it is said what that was', async () => {
    const channel = new FakeChannel();
    channel.answer = (_, confirm) => {
      channel.emit('error', new Error("404 no exchange 'jobs'"));
      channel.emit('close');
      confirm(new Error('channel closed'));
    };
    await expect(setup(channel)()).rejects.toThrow("404 no exchange 'jobs'");
  });

  it('what no queue takes, and only that', async () => {
    const channel = new FakeChannel();
    const confirms: Confirm[] = [];
    channel.answer = (_, confirm) => void confirms.push(confirm);
    const republish = setup(channel);
    const runs = [republish(), republish()];
    const settled = Promise.allSettled(runs);
    while (confirms.length < 2) await Promise.resolve();
    channel.emit('return', { properties: { headers: channel.published[0]?.options.headers } });
    for (const confirm of confirms) confirm(null);
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await expect(runs[0]).rejects.toThrow("no queue takes 'jobs.parked' of exchange 'jobs'");
  });
});

it('opens one channel for all, and another when that one closed', async () => {
  const [first, second] = [new FakeChannel(), new FakeChannel()];
  const republish = setup(first, second);
  await Promise.all([republish(), republish()]);
  first.emit('error', new Error('404'));
  first.emit('close');
  await republish();
  expect([first.published.length, second.published.length]).toEqual([2, 1]);
});

it('tries to open a channel again when the last attempt failed', async () => {
  const channel = new FakeChannel();
  const republish = setup(new Error('no more channels'), channel);
  await expect(republish()).rejects.toThrow('no more channels');
  await republish();
  expect(channel.published).toHaveLength(1);
});
