import { describe, expect, it } from 'vitest';
import { type ConnectionLike, runSessions } from './sessions.ts';
import { FakeConnection, refused, setup } from './testing/connections.ts';

describe('a supervised connection', () => {
  it('is tried again with doubling full-jitter delays', async () => {
    const { options, seen } = setup([refused(), refused(), refused(), refused()]);
    await runSessions({ ...options, session: async () => {} });
    // Half of 0.5, 1, 2, 4 s.
    expect(seen.delays).toEqual([250, 500, 1000, 2000]);
    expect(seen.lost).toBe(4);
  });

  it('ends, closed, when its session has done its work', async () => {
    const connection = new FakeConnection();
    const { options, seen } = setup([connection]);
    await runSessions({ ...options, session: async () => {} });
    expect(connection.closed).toBe(true);
    expect(seen.delays).toEqual([]);
  });

  it('is replaced when it is lost in the middle of a session', async () => {
    const first = new FakeConnection();
    const second = new FakeConnection();
    const { options, seen } = setup([first, second]);
    const sessions: ConnectionLike[] = [];
    const run = runSessions({
      ...options,
      session: async (connection: ConnectionLike) => {
        sessions.push(connection);
        if (connection === first) {
          first.emit('close', new Error('read ECONNRESET'));
          await new Promise(() => {});
        }
      },
    });
    await run;
    expect(sessions).toEqual([first, second]);
    expect(seen.lines.join()).toContain('read ECONNRESET');
  });

  it('is replaced when only its channel failed', async () => {
    const connections = [new FakeConnection(), new FakeConnection()];
    const { options } = setup(connections);
    let sessions = 0;
    await runSessions({
      ...options,
      session: async () => {
        sessions += 1;
        if (sessions === 1) throw new Error('Channel closed by server: 404');
      },
    });
    expect(sessions).toBe(2);
    expect(connections.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('counts a failure as the first again after 10 s of sound service', async () => {
    const { options, seen, clock } = setup([refused(), refused(), new FakeConnection(), refused()]);
    await runSessions({
      ...options,
      session: async () => {
        clock.now += 10_000;
        throw new Error('gone');
      },
    });
    expect(seen.delays).toEqual([250, 500, 250, 500]);
  });

  it('that dies young goes on doubling: a broker that accepts and drops is not hammered', async () => {
    const { options, seen } = setup([new FakeConnection(), new FakeConnection(), new FakeConnection()]);
    await runSessions({
      ...options,
      session: async () => {
        throw new Error('gone');
      },
    });
    expect(seen.delays).toEqual([250, 500, 1000]);
  });

  it('is not made again after the signal', async () => {
    const { options, stop, seen } = setup([refused()]);
    stop.abort();
    await runSessions({ ...options, session: async () => {} });
    expect(seen.lost).toBe(0);
  });

  it('lost while it drains after the signal is an error', async () => {
    const connection = new FakeConnection();
    const { options, stop } = setup([connection]);
    const run = runSessions({
      ...options,
      session: async () => {
        stop.abort();
        connection.emit('close', new Error('lost'));
        await new Promise(() => {});
      },
    });
    await expect(run).rejects.toThrow('lost');
  });

  // LavinMQ closes the channel that publishes in this way.
  it('whose broker has an alarm is said to wait for it, at long delays, and counts as blocked', async () => {
    const alarm = () =>
      Object.assign(
        new Error(
          'Channel closed by server: 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - low disk space"',
        ),
        { code: 406 },
      );
    const { options, seen } = setup([new FakeConnection(), new FakeConnection()]);
    await runSessions({
      ...options,
      session: async () => {
        throw alarm();
      },
    });
    // The middle of the span from 12.5 to 25 s.
    expect(seen.delays).toEqual([18_750, 18_750]);
    expect(seen.lines.filter((line) => line.includes('alarm of the broker'))).toHaveLength(2);
    expect(seen.lines.join()).not.toContain('connection lost');
    expect(seen.blocked).toEqual([false, true, false, false, true, false]);
  });

  it('reports being blocked and unblocked, and is not blocked any more when it is gone', async () => {
    const connection = new FakeConnection();
    const { options, seen } = setup([connection]);
    await runSessions({
      ...options,
      session: async () => {
        connection.emit('blocked', 'low on memory');
        connection.emit('unblocked');
        connection.emit('blocked', 'low on disk');
      },
    });
    expect(seen.blocked).toEqual([true, false, true, false]);
    expect(seen.lines.join()).toContain('low on memory');
  });

  it('asks for the password at each attempt, and a file that gives none is an attempt that failed', async () => {
    const { options, seen } = setup([refused(), new FakeConnection()]);
    const passwords = ['old', undefined, 'new'];
    const tried: unknown[] = [];
    const { target, connect } = options;
    await runSessions({
      ...options,
      target: () => {
        const password = passwords.shift();
        if (password === undefined)
          throw new Error("the secret file '/p' must be a file that can be read: ENOENT");
        return { ...target(), password };
      },
      connect: async ({ password }) => {
        tried.push(password);
        return connect();
      },
      session: async () => {},
    });
    expect(tried).toEqual(['old', 'new']);
    expect(seen.lines.join()).toContain('ENOENT');
  });

  it('never logs the password', async () => {
    const { options, seen } = setup([new FakeConnection(), refused()]);
    await runSessions({
      ...options,
      session: async () => {
        throw new Error('gone');
      },
    });
    expect(seen.lines.length).toBeGreaterThan(2);
    expect(seen.lines.join()).not.toContain('sesame');
  });
});
