import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSE_TIMEOUT_MS, CONNECT_TIMEOUT_MS, runSessions } from './sessions.ts';
import { FakeConnection, setup } from './testing/connections.ts';

describe('a connection whose broker says nothing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const never = new Promise<never>(() => {});

  it('is given up after 10 s of connecting, and its socket is destroyed', async () => {
    const { options, seen, stop } = setup([]);
    const lives: AbortSignal[] = [];
    const connect = (_: unknown, life: AbortSignal) => {
      lives.push(life);
      return never;
    };
    const run = runSessions({ ...options, connect, session: async () => {} });
    await vi.advanceTimersByTimeAsync(CONNECT_TIMEOUT_MS);
    expect(seen.lines.join()).toContain('connecting to host:5672/%2f did not end within 10 s');
    expect(lives.map(({ aborted }) => aborted)).toEqual([true]);
    stop.abort();
    await run;
  });

  it('is given up at once when the signal comes while it connects', async () => {
    const { options, stop, seen } = setup([]);
    const lives: AbortSignal[] = [];
    const run = runSessions({
      ...options,
      connect: (_, life) => {
        lives.push(life);
        return never;
      },
      session: async () => {},
    });
    stop.abort();
    await run;
    expect([seen.lost, lives[0]?.aborted]).toEqual([1, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is destroyed at the deadline of the caller, who waits for no answer to the close beyond it', async () => {
    const deadline = new AbortController();
    const connection = new FakeConnection();
    let closes = 0;
    connection.close = () => {
      closes += 1;
      return never;
    };
    const { options } = setup([connection]);
    const run = runSessions({ ...options, deadline: deadline.signal, session: async () => {} });
    await vi.advanceTimersByTimeAsync(CLOSE_TIMEOUT_MS / 2);
    deadline.abort();
    await run;
    expect([closes, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('has its close sent, and the answer not awaited, when the deadline ended the work', async () => {
    const deadline = new AbortController();
    const connection = new FakeConnection();
    let closes = 0;
    connection.close = () => {
      closes += 1;
      return never;
    };
    const { options, stop } = setup([connection]);
    const run = runSessions({
      ...options,
      deadline: deadline.signal,
      session: async () => {
        stop.abort();
        deadline.abort();
        throw new Error('stopped');
      },
    });
    await expect(run).rejects.toThrow('stopped');
    expect([closes, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('is destroyed when it does not answer the close in 2 s', async () => {
    const connection = new FakeConnection();
    connection.close = () => never;
    const { options } = setup([]);
    let destroyed = false;
    const run = runSessions({
      ...options,
      connect: async (_, life) => {
        life.addEventListener('abort', () => {
          destroyed = true;
        });
        return connection;
      },
      session: async () => {},
    });
    await vi.advanceTimersByTimeAsync(CLOSE_TIMEOUT_MS - 1);
    expect(destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await run;
    expect(destroyed).toBe(true);
  });

  it('and whose socket breaks after the close is replaced at once', async () => {
    const [first, second] = [new FakeConnection(), new FakeConnection()];
    first.close = () => {
      // The library never reports the end of such a connection to who closes it.
      queueMicrotask(() => first.emit('close', new Error('read ECONNRESET')));
      return never;
    };
    const { options } = setup([first, second]);
    let sessions = 0;
    const run = runSessions({
      ...options,
      session: async () => {
        sessions += 1;
        if (sessions === 1) throw new Error('the broker cancelled the consumer');
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    await run;
    expect([sessions, second.closed]).toEqual([2, true]);
  });

  it('has its session cut when that does not end within its grace after the signal', async () => {
    const connection = new FakeConnection();
    const { options, stop } = setup([connection]);
    const run = runSessions({ ...options, graceMs: 1000, session: () => never });
    const failed = expect(run).rejects.toThrow('ending the work did not end within 1 s');
    await vi.advanceTimersByTimeAsync(5000);
    stop.abort();
    await vi.advanceTimersByTimeAsync(1000);
    await failed;
    expect(connection.closed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
