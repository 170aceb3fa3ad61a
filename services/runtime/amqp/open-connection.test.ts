import fc from 'fast-check';
import { expect, it } from 'vitest';
import { closeReasonIn } from './open-connection.ts';

function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.of(0xce)]);
}

function close(code: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const fields = Buffer.from([0, 10, 0, 50, code >> 8, code & 255, bytes.length]);
  return frame(1, Buffer.concat([fields, bytes, Buffer.alloc(4)]));
}

it("finds the broker's reason behind what came before it", () => {
  const tune = frame(1, Buffer.from([0, 10, 0, 30, 0, 0]));
  const heartbeat = frame(8, Buffer.alloc(0));
  const heard = Buffer.concat([tune, heartbeat, close(530, "NOT_ALLOWED - vhost 'jobs' not found")]);
  expect(closeReasonIn(heard)).toBe("530 NOT_ALLOWED - vhost 'jobs' not found");
  expect(closeReasonIn(Buffer.concat([tune, heartbeat]))).toBeUndefined();
});

it('takes any bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.uint8Array({ minLength: 1 }).map((tail) => [...close(530, 'x'), ...tail]),
      ),
      (bytes) => {
        expect(['string', 'undefined']).toContain(typeof closeReasonIn(Buffer.from(bytes)));
      },
    ),
  );
});
