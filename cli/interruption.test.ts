import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { interruption, orInterrupted, type ProcessLike } from './interruption.ts';

class FakeProcess extends EventEmitter {
  ppid = 10;
  env: Record<string, string> = {};
  readonly stdout = new EventEmitter();
  readonly stderr = new EventEmitter();
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
  kill(): void {}
}

function listening(env: Record<string, string> = {}) {
  const self = new FakeProcess();
  self.env = env;
  const signal = interruption(4500, self satisfies ProcessLike);
  return { self, signal };
}

const closed = (code: string) => Object.assign(new Error(code), { code });

describe('an interruption', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each([
    ['Ctrl-C', (self: FakeProcess) => self.emit('SIGINT')],
    ['SIGTERM', (self: FakeProcess) => self.emit('SIGTERM')],
    ['SIGHUP', (self: FakeProcess) => self.emit('SIGHUP')],
    ['a pipe that is closed', (self: FakeProcess) => self.stdout.emit('error', closed('EPIPE'))],
    ['a terminal that is closed', (self: FakeProcess) => self.stderr.emit('error', closed('EIO'))],
  ])('comes with %s, and the process ends when its time is over', (_, act) => {
    const { self, signal } = listening();
    expect(signal.aborted).toBe(false);
    act(self);
    expect(signal.aborted).toBe(true);
    vi.advanceTimersByTime(4499);
    expect(self.exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(self.exits).toEqual([130]);
  });

  it('takes what comes from terminal and npm for one Ctrl-C, and a second one for the end', () => {
    const { self } = listening();
    self.emit('SIGINT');
    vi.advanceTimersByTime(400);
    self.emit('SIGINT');
    expect(self.exits).toEqual([]);
    vi.advanceTimersByTime(200);
    self.emit('SIGINT');
    expect(self.exits).toEqual([130]);
  });

  it('comes when the npm that started the command has ended, and by no other parent', () => {
    const byNpm = listening({ npm_lifecycle_event: 'start' });
    const byShell = listening();
    vi.advanceTimersByTime(5000);
    expect(byNpm.signal.aborted).toBe(false);
    byNpm.self.ppid = 1;
    byShell.self.ppid = 1;
    vi.advanceTimersByTime(500);
    expect([byNpm.signal.aborted, byShell.signal.aborted]).toEqual([true, false]);
  });

  it('does not hide another error of the output', () => {
    const { self } = listening();
    expect(() => self.stdout.emit('error', closed('ENOSPC'))).toThrow('ENOSPC');
  });

  it('ends a wait that never would', async () => {
    const { self, signal } = listening();
    const wait = orInterrupted(new Promise(() => {}), signal);
    self.emit('SIGINT');
    await expect(wait).rejects.toThrow('interrupted: SIGINT');
    await expect(orInterrupted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
  });
});
