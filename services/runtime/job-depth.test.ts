import { expect, it } from 'vitest';
import { decodeJob, InvalidJobError } from './job.ts';

// The parser takes any depth, the printer of the fault does not.
it('refuses a body that is nested too deep to be shown, as it does every other', () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(() => decodeJob(Buffer.from(`{"schema":${nested}}`))).toThrow(InvalidJobError);
});
