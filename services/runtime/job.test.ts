import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeJob, encodeJob, InvalidJobError, JOB_SCHEMA } from './job.ts';

function faultsOf(content: Buffer): readonly string[] {
  try {
    decodeJob(content);
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
    `'id' ("") must be a non-empty string`,
    `'runId' (absent) must be a non-empty string`,
    `'index' (1.5) must be an integer from 0`,
    `'enqueuedAt' ("${'x'.repeat(59)}) must be epoch milliseconds`,
  ]);
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
  expect(faultsOf(Buffer.from(`{"schema":${nested}}`))[0]).toBe("'schema' (a list) must be 'sluice.job/v1'");
});
