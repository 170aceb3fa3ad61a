import type { Channel, ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import { LargeBodies } from './large-bodies.ts';

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
