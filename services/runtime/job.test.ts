import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeJob, encodeJob, InvalidJobError, JOB_SCHEMA } from './job.ts';

function faultsOf(content: Buffer, maxBytes?: number): readonly string[] {
  try {
    decodeJob(content, maxBytes);
  } catch (error) {
    if (error instanceof InvalidJobError) return error.faults;
    throw error;
  }
  return [];
}

it('is read as it was written', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat(), (runId, index, enqueuedAt) => {
      expect(decodeJob(encodeJob(runId, index, enqueuedAt))).toEqual({
        ...{ schema: JOB_SCHEMA, id: `${runId}-${index}`, runId, index, enqueuedAt },
      });
    }),
  );
});

it('is refused with every fault at once', () => {
  const body = { schema: 'sluice.job/v2', id: '', index: 1.5, enqueuedAt: 'x'.repeat(100) };
  expect(faultsOf(Buffer.from(JSON.stringify(body)))).toEqual([
    `'schema' ("sluice.job/v2") must be 'sluice.job/v1'`,
    `'id' ("") must be a non-empty string of at most 255 bytes`,
    `'runId' (absent) must be a non-empty string of at most 255 bytes`,
    `'index' (1.5) must be an integer from 0`,
    `'enqueuedAt' ("${'x'.repeat(59)}) must be epoch milliseconds`,
  ]);
});

const bodyWith = (fields: object) =>
  Buffer.from(JSON.stringify({ ...JSON.parse(encodeJob('r', 1, 0).toString()), ...fields }));

it.each([
  ['an id of 256 bytes', { id: 'x'.repeat(256) }, 'id'],
  ['an id of 258 bytes in 86 characters', { id: '€'.repeat(86) }, 'id'],
  ['a run of 256 bytes', { runId: 'x'.repeat(256) }, 'runId'],
  ['an instant that no date holds', { enqueuedAt: 8.64e15 + 1 }, 'enqueuedAt'],
])('is refused with %s', (_, fields, name) => {
  expect(faultsOf(bodyWith(fields))).toEqual([expect.stringContaining(`'${name}' (`)]);
});

it('is taken with ids of 255 bytes', () => {
  expect(faultsOf(bodyWith({ id: 'x'.repeat(255), runId: 'y'.repeat(255) }))).toEqual([]);
});

it('is refused unread when it is larger than is allowed', () => {
  const body = bodyWith({ filling: 'x'.repeat(64 * 1024) });
  expect(faultsOf(body)).toEqual([`the body (${body.length} bytes) must not exceed 65536 bytes`]);
  expect(decodeJob(body, body.length).id).toBe('r-1');
});

it('is refused, and nothing else is thrown, whatever the bytes are', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from)), (bytes) => {
      expect(faultsOf(Buffer.from(bytes)).length).toBeGreaterThan(0);
    }),
  );
});

// The parser takes any depth, the printer of the fault does not.
it('is refused when it is nested without an end', () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const body = Buffer.from(`{"schema":${nested}}`);
  expect(faultsOf(body, body.length)[0]).toBe("'schema' (a list) must be 'sluice.job/v1'");
});
