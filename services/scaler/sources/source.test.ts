import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shared } from './source.ts';

const never = new AbortController().signal;

describe('a shared request', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const counting = (load: (signal: AbortSignal) => Promise<number>) => {
    const spy = vi.fn(load);
    return { spy, shared: new Shared({ load: spy, freshForMs: 2500, timeoutMs: 4000, clock: Date.now }) };
  };

  it('serves 1,000 readers of one poll, and asks again at the next', async () => {
    let answer = 0;
    const { spy, shared } = counting(async () => ++answer);
    const first = await Promise.all(Array.from({ length: 1000 }, () => shared.get(never)));
    expect(new Set(first)).toEqual(new Set([1]));
    await vi.advanceTimersByTimeAsync(2499);
    expect(await shared.get(never)).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await shared.get(never)).toBe(2);
    expect(spy).toHaveBeenCalledTimes(2);
  });

  it('is not doubled while it runs, however long', async () => {
    const { spy, shared } = counting(() => new Promise((resolve) => setTimeout(() => resolve(7), 3500)));
    const first = shared.get(never);
    await vi.advanceTimersByTimeAsync(3000);
    const second = shared.get(never);
    await vi.advanceTimersByTimeAsync(500);
    expect(await Promise.all([first, second])).toEqual([7, 7]);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('shares a failure too, so that a dead broker is asked once a poll', async () => {
    const { spy, shared } = counting(() => Promise.reject(new Error('refused')));
    const readers = Array.from({ length: 1000 }, () => shared.get(never));
    expect((await Promise.allSettled(readers)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('aborts a request that outlasts its timeout', async () => {
    const { spy, shared } = counting(
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
    );
    const outcome = expect(shared.get(never)).rejects.toThrow('did not end within 4 s');
    await vi.advanceTimersByTimeAsync(4000);
    await outcome;
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('leaves the request to the others when one reader gives up', async () => {
    const { shared } = counting(() => new Promise((resolve) => setTimeout(() => resolve(7), 1000)));
    const impatient = new AbortController();
    const gaveUp = expect(shared.get(impatient.signal)).rejects.toMatchObject({ cause: 'timeout' });
    const patient = shared.get(never);
    impatient.abort();
    await gaveUp;
    await vi.advanceTimersByTimeAsync(1000);
    expect(await patient).toBe(7);
  });
});
