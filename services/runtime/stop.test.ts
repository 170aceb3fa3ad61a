import { afterEach, expect, it, vi } from 'vitest';
import { GracefulStop, HOOK_TIMEOUT_MS } from './run-main.ts';

afterEach(() => void vi.useRealTimers());

const silent = { info: () => {}, error: () => {} };

it('runs its hooks in order, each after the one before', async () => {
  const stop = new GracefulStop(silent);
  const ran: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  stop.onStop('first', async () => {
    await promise;
    ran.push('first');
  });
  stop.onStop('second', () => void ran.push('second'));
  const ended = stop.runHooks();
  expect(ran).toEqual([]);
  resolve();
  expect(await ended).toBe(true);
  expect(ran).toEqual(['first', 'second']);
});

it('runs the others when a hook fails, and says so', async () => {
  const failures: unknown[] = [];
  const stop = new GracefulStop({ ...silent, error: (facts: unknown) => void failures.push(facts) });
  const ran: string[] = [];
  stop.onStop('bad', () => {
    throw new Error('no');
  });
  stop.onStop('good', () => void ran.push('good'));
  expect(await stop.runHooks()).toBe(false);
  expect(ran).toEqual(['good']);
  expect(failures).toMatchObject([{ hook: 'bad' }]);
});

it('waits for no hook longer than 5 s', async () => {
  vi.useFakeTimers();
  const failures: unknown[] = [];
  const stop = new GracefulStop({ ...silent, error: (facts: unknown) => void failures.push(facts) });
  const ran: string[] = [];
  stop.onStop('endless', () => new Promise(() => {}));
  stop.onStop('good', () => void ran.push('good'));
  const ended = stop.runHooks();
  await vi.advanceTimersByTimeAsync(HOOK_TIMEOUT_MS);
  expect([await ended, ran]).toEqual([false, ['good']]);
  expect(failures).toMatchObject([{ hook: 'endless', err: { what: "stop hook 'endless'" } }]);
});

it('begins once, whatever signals follow', () => {
  const begun: unknown[] = [];
  const stop = new GracefulStop({ ...silent, info: (facts: unknown) => void begun.push(facts) });
  expect(stop.signal.aborted).toBe(false);
  stop.begin('SIGTERM');
  stop.begin('SIGINT');
  expect(stop.signal.aborted).toBe(true);
  expect(begun).toEqual([{ reason: 'SIGTERM' }]);
});

it('bounds work by the signal or by its time, whichever comes first', async () => {
  const stop = new GracefulStop(silent);
  const [bounded, long] = [stop.within(0.01), stop.within(60)];
  await expect.poll(() => bounded.aborted).toBe(true);
  expect([bounded.reason.name, long.aborted]).toEqual(['TimeoutError', false]);
  stop.begin('SIGTERM');
  expect([long.aborted, long.reason, stop.within(60).aborted]).toEqual([true, 'SIGTERM', true]);
});
