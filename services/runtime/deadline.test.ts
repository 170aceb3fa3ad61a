import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeadlineError, unlessAborted, withTimeout } from './errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => {});

/** What became of a promise, undefined while nothing has. */
function fateOf(promise: Promise<unknown>): { readonly is: () => unknown } {
  let fate: unknown;
  promise.then(
    (value) => (fate = value),
    (error) => (fate = error),
  );
  return { is: () => fate };
}

describe('a bounded wait', () => {
  it('gives what the work gives, and leaves no timer', async () => {
    expect(await withTimeout(Promise.resolve(7), 1000, 'counting')).toBe(7);
    await expect(withTimeout(Promise.reject(new Error('no')), 1000, 'counting')).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at its time with the name of what it waited for, and aborts the work', async () => {
    let told: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      told = signal;
      return never;
    };
    const wait = withTimeout(work, 2500, 'closing the connection');
    const fate = fateOf(wait);
    await vi.advanceTimersByTimeAsync(2499);
    expect([fate.is(), told?.aborted]).toEqual([undefined, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect(fate.is()).toBeInstanceOf(DeadlineError);
    expect(fate.is()).toMatchObject({
      message: 'closing the connection did not end within 2.5 s',
      what: 'closing the connection',
      milliseconds: 2500,
    });
    expect(told?.reason).toBe(fate.is());
  });

  it('names the wait also where the work rejects on its signal', async () => {
    const work = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const fate = fateOf(withTimeout(work, 10, 'reading'));
    await vi.advanceTimersByTimeAsync(10);
    expect(fate.is()).toBeInstanceOf(DeadlineError);
  });

  it('lets no late failure of the work become an unhandled rejection', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const fate = fateOf(withTimeout(promise, 10, 'reading'));
    await vi.advanceTimersByTimeAsync(10);
    reject(new Error('late'));
    await vi.advanceTimersByTimeAsync(10);
    expect(fate.is()).toBeInstanceOf(DeadlineError);
  });

  it('gives what work throws before it is a promise', async () => {
    const work = () => {
      throw new Error('at once');
    };
    await expect(withTimeout(work, 10, 'reading')).rejects.toThrow('at once');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a wait until a signal', () => {
  const stopped = () => new Error('stopped');

  it('gives what the work gives, and forgets the signal', async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    expect(await unlessAborted(Promise.resolve(7), signal, stopped)).toBe(7);
    await expect(unlessAborted(Promise.reject(new Error('no')), signal, stopped)).rejects.toThrow('no');
    expect(removed).toHaveBeenCalledTimes(2);
  });

  it('ends with the signal, also with one that came before', async () => {
    const controller = new AbortController();
    const wait = unlessAborted(never, controller.signal, stopped);
    controller.abort();
    await expect(wait).rejects.toThrow('stopped');
    await expect(unlessAborted(never, controller.signal, stopped)).rejects.toThrow('stopped');
  });
});
