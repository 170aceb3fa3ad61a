import type { Channel, ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import { NONE } from './attempts.ts';
import { Fates, factsOf, LargeBodies } from './fates.ts';

const address = (routingKey: string) => ({ exchange: 'jobs', routingKey });
const fates = new Fates({
  ...{ maxAttempts: 3, work: address('jobs'), retry: address('jobs.retry'), parking: address('jobs.parked') },
});
const message = (headers: Record<string, unknown> = {}) => ({ properties: { headers } }) as never;

it('retries a failed job with its attempts counted, and parks it at the last', () => {
  expect(fates.failed(new Error('boom'), { failed: 1, lost: 0 })).toEqual({
    ...{ kind: 'retried', to: address('jobs.retry') },
    headers: { 'x-sluice-reason': 'boom', 'x-sluice-failed': 2, 'x-sluice-lost': 0 },
  });
  expect(fates.failed(new Error('boom'), { failed: 1, lost: 1 })).toEqual({
    ...{ kind: 'parked', why: 'attempts_exhausted', to: address('jobs.parked') },
    headers: { 'x-sluice-reason': 'attempts exhausted: boom', 'x-sluice-attempts': 3 },
  });
});

it('parks what is no job at once', () => {
  expect(fates.invalid(new Error('the body must be JSON'), NONE)).toMatchObject({
    ...{ kind: 'parked', why: 'invalid', headers: { 'x-sluice-attempts': 0 } },
  });
});

it('counts a lost delivery before anybody works on it again: first without, then with a delay', () => {
  expect(fates.lost(message(), NONE)).toMatchObject({
    ...{ kind: 'redelivered', to: address('jobs'), headers: { 'x-sluice-lost': 1 } },
  });
  expect(fates.lost(message(), { failed: 0, lost: 1 })).toMatchObject({
    ...{ kind: 'redelivered', to: address('jobs.retry'), headers: { 'x-sluice-lost': 2 } },
  });
  expect(fates.lost(message(), { failed: 1, lost: 1 })).toMatchObject({
    ...{ kind: 'parked', why: 'deliveries_lost', headers: { 'x-sluice-attempts': 3 } },
  });
  expect(fates.lost(message({ 'x-delivery-count': 7 }), NONE).kind).toBe('parked');
});

it('cuts a reason that could outgrow a frame', () => {
  const { headers } = fates.failed(new Error('x'.repeat(200_000)), NONE) as {
    headers: Record<string, unknown>;
  };
  expect(headers['x-sluice-reason']).toBe('x'.repeat(1000));
});

it.each([
  ['text', 'text'],
  [undefined, 'undefined'],
  [Object.create(null), 'an error that cannot be shown'],
  [Object.defineProperty(new Error(), 'message', { value: 7 }), '7'],
])('takes whatever a handler throws: %o', (thrown, reason) => {
  expect(fates.failed(thrown, NONE)).toMatchObject({ headers: { 'x-sluice-reason': reason } });
  expect(factsOf(thrown).message).toBe(reason);
});

it('shows an error whose stack cannot be read without it', () => {
  const error = Object.defineProperty(new Error('boom'), 'stack', {
    get: () => {
      throw new Error('no');
    },
  });
  expect(factsOf(error)).toEqual({ message: 'an error that cannot be shown' });
});

const SMALL = 10;
const MOST = 100;

/** A channel as the library's: a header frame, then frames of the body, and then the message is there. */
function setup() {
  const bodies = new LargeBodies(SMALL, MOST);
  const messages: ConsumeMessage[] = [];
  const header = (frame: { size: number; fields: object }): unknown => {
    const parts: Buffer[] = [];
    const body = ({ content }: { content: Buffer }): unknown => {
      parts.push(content);
      const whole = Buffer.concat(parts);
      if (whole.length < frame.size) return body;
      messages.push({ properties: frame.fields, content: whole } as unknown as ConsumeMessage);
      return header;
    };
    return frame.size === 0 ? body({ content: Buffer.alloc(0) }) : body;
  };
  const channel = { handleMessage: header } as unknown as Channel & {
    handleMessage: (frame: object) => never;
  };
  bodies.watch(channel);
  const deliver = (size: number): ConsumeMessage => {
    channel.handleMessage = channel.handleMessage({ id: 60, size, fields: { messageId: size } });
    for (let sent = 0; sent < size; sent += 8)
      channel.handleMessage = channel.handleMessage({
        id: undefined,
        content: Buffer.alloc(Math.min(8, size - sent)),
      });
    return messages.at(-1) as ConsumeMessage;
  };
  return { bodies, messages, deliver };
}

it('a body for which there is room arrives whole, however large', () => {
  const { bodies, deliver } = setup();
  for (const size of [0, 1, SMALL, SMALL + 1, MOST - SMALL - 1]) {
    const message = deliver(size);
    expect([message.content.length, bodies.unreadBytes(message)]).toEqual([size, undefined]);
  }
});

it('a body for which there is none is let pass, and the next message arrives whole', () => {
  const { bodies, messages, deliver } = setup();
  const large = deliver(MOST + 1);
  expect([large.content.length, bodies.unreadBytes(large)]).toEqual([0, MOST + 1]);
  expect(bodies.unreadBytes(deliver(SMALL))).toBeUndefined();
  expect(messages).toHaveLength(2);
});

it('large bodies share the room, and give it back when they have ended', () => {
  const { bodies, deliver } = setup();
  const first = deliver(60);
  expect(bodies.unreadBytes(deliver(60))).toBe(60);
  // Small ones need none.
  expect(bodies.unreadBytes(deliver(SMALL))).toBeUndefined();
  bodies.release(first);
  expect(bodies.unreadBytes(deliver(60))).toBeUndefined();
  expect([bodies.mayFit(MOST), bodies.mayFit(MOST + 1)]).toEqual([true, false]);
});
