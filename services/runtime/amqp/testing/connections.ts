import { EventEmitter } from 'node:events';
import type { ConnectionLike } from '../sessions.ts';

export class FakeConnection extends EventEmitter implements ConnectionLike {
  closed = false;
  async close(): Promise<void> {
    this.closed = true;
  }
}

/** Connections and time in the test's hands: `attempts` says which of them fail. */
export function setup(attempts: readonly (Error | FakeConnection)[], startAt = 0) {
  const stop = new AbortController();
  const seen = { delays: [] as number[], lines: [] as string[], blocked: [] as boolean[], lost: 0 };
  const remaining = [...attempts];
  const clock = { now: startAt };
  const note = (facts: unknown, msg?: string) => void seen.lines.push(JSON.stringify([facts, msg]));
  const options = {
    target: () => ({ hostname: 'host', port: 5672, vhost: '%2f', username: 'u', password: 'sesame' }),
    log: { info: note, warn: note },
    metrics: {
      connected: () => {},
      blocked: (yes: boolean) => void seen.blocked.push(yes),
      lost: () => {
        seen.lost += 1;
      },
    },
    signal: stop.signal,
    random: () => 0.5,
    now: () => clock.now,
    sleep: async (ms: number) => {
      seen.delays.push(ms);
      if (remaining.length === 0) stop.abort();
    },
    connect: async () => {
      const next = remaining.shift();
      if (next instanceof FakeConnection) return next;
      throw next ?? new Error('no more connections');
    },
  };
  return { options, seen, stop, clock };
}

export const refused = () => new Error('connect ECONNREFUSED');
