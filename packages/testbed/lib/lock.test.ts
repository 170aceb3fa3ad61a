import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLock } from './lock.ts';

test('two that hold the same lock never run at once, also after one failed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  let inside = 0;
  const work = async (fail: boolean) => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    if (fail) throw new Error('failed inside');
    return 'done';
  };
  const results = await Promise.allSettled(
    [false, true, false].map((fail) => withLock(join(folder, 'lock'), () => work(fail))),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  rmSync(folder, { recursive: true });
});
