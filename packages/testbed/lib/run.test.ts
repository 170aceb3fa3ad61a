import { expect, test } from 'vitest';
import { answers, CommandError, run } from './run.ts';

test('a command that fails rejects with what it said', async () => {
  const failing = run(['sh', '-c', 'echo why >&2; exit 3']);
  await expect(failing).rejects.toThrow(CommandError);
  await expect(failing).rejects.toThrow(/ended with 3: why/);
});

test('unchecked, it resolves with its exit code', async () => {
  expect(await run(['sh', '-c', 'exit 3'], { check: false })).toMatchObject({ code: 3 });
});

test('a command gets its input, and may end without reading it', async () => {
  expect((await run(['cat'], { input: 'in' })).stdout).toBe('in');
  expect((await run(['true'], { input: 'x'.repeat(1_000_000) })).code).toBe(0);
});

test('a program that does not exist does not answer', async () => {
  expect(await answers(['no-such-program-here'])).toBe(false);
  expect(await answers(['true'])).toBe(true);
});
