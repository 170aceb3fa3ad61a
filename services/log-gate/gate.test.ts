import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type Doubles,
  Gate,
  type GateReports,
  type Push,
  type Sorted,
  type StoreLike,
  type StoreState,
} from './gate.ts';

const SETTLE_MS = 2500;
const WRITE_MS = 12_000;
/** Lines in every push. */
const LINES = 3;

/** Time that moves when someone sleeps. */
class Clock {
  ms = 0;
  readonly now = (): number => this.ms;
  readonly sleep = async (ms: number): Promise<void> => {
    this.ms += ms;
  };
}

/** A store that writes what it took after a while, and loses what it has not written when it is killed. */
class Store implements StoreLike {
  readonly #clock: Clock;
  readonly #writesAfterMs: number;
  #memory: { readonly body: string; readonly at: number }[] = [];
  readonly disk: string[] = [];
  #pushes = 0;
  startedAt = 1;
  down = false;
  /** Called before it answers a question. */
  before: (what: 'push' | 'flush' | 'state') => void = () => {};

  constructor(clock: Clock, writesAfterMs: number) {
    this.#clock = clock;
    this.#writesAfterMs = writesAfterMs;
  }

  async push({ body }: Push): Promise<Answer> {
    this.#ask('push');
    this.#pushes += 1;
    if (body.toString() === 'bad') return { status: 400, body: 'no' };
    this.#memory.push({ body: body.toString(), at: this.#clock.ms });
    return { status: 204, body: '' };
  }

  async flush(): Promise<void> {
    this.#ask('flush');
  }

  async state(): Promise<StoreState> {
    this.#ask('state');
    this.#write();
    return { startedAt: this.startedAt, pushes: this.#pushes, unwritten: this.#memory.length };
  }

  /** A query finds what is in memory as well. */
  has(body: string): boolean {
    return this.disk.includes(body) || this.#memory.some((one) => one.body === body);
  }

  kill(restartedAt: number): void {
    this.#write();
    this.#memory = [];
    this.#pushes = 0;
    this.startedAt = restartedAt;
  }

  #ask(what: 'push' | 'flush' | 'state'): void {
    this.before(what);
    if (this.down) throw new Error('connection refused');
  }

  #write(): void {
    const written = this.#memory.filter(({ at }) => this.#clock.ms - at >= this.#writesAfterMs);
    this.disk.push(...written.map(({ body }) => body));
    this.#memory = this.#memory.filter((one) => !written.includes(one));
  }
}

/** Bodies that the store has or that are on their way, as a gate that asks the store would know them. */
class Bodies implements Doubles {
  readonly #store: Store;
  readonly forgotten: number[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  async sort(pushes: readonly Push[]): Promise<Sorted[]> {
    const round = new Set<string>();
    return pushes.map((push) => {
      const body = push.body.toString();
      if (this.#store.has(body)) return { lines: 0 };
      if (round.has(body)) return 'later';
      round.add(body);
      return { push, lines: LINES };
    });
  }

  keep(): void {}

  forget(): void {
    this.forgotten.push(this.#store.disk.length);
  }
}

interface Setup {
  readonly gate: Gate;
  readonly doubles: Bodies;
  readonly store: Store;
  readonly clock: Clock;
  readonly said: string[];
}

function setup(writesAfterMs = 1500): Setup {
  const clock = new Clock();
  const store = new Store(clock, writesAfterMs);
  const said: string[] = [];
  const reports: GateReports = {
    answered: (outcome, lines) => said.push(lines > 0 ? `${outcome}, ${lines} lines` : outcome),
    round: () => {},
    failed: (pushes, reason) => said.push(`${pushes}: ${reason}`),
  };
  const doubles = new Bodies(store);
  const gate = new Gate({ store, doubles, settleMs: SETTLE_MS, writeMs: WRITE_MS, ...clock, reports });
  return { gate, doubles, store, clock, said };
}

const push = (body: string): Push => ({ headers: {}, body: Buffer.from(body) });

describe('a push', () => {
  it('is answered with the words of the store, once its records are written', async () => {
    const { gate, store, clock, said } = setup();
    expect(await gate.pass(push('a'))).toEqual({ status: 204, body: '' });
    expect(store.disk).toEqual(['a']);
    expect(clock.ms).toBe(SETTLE_MS);
    expect(said).toEqual([`written, ${LINES} lines`]);
  });

  it('counts as unanswered and its lines as unwritten until its round ends', async () => {
    const { gate, store, clock } = setup();
    const seen: (readonly [string, number, number])[] = [];
    store.before = (what) => seen.push([what, gate.unwrittenLines, gate.oldestPushSeconds]);
    const first = gate.pass(push('a'));
    clock.ms += 1000;
    await first;
    expect(seen.map(([what, lines]) => [what, lines])).toEqual([
      ['state', 0],
      ['push', 0],
      ['flush', LINES],
      ['state', LINES],
    ]);
    expect(seen.at(-1)?.[2]).toBe(1 + SETTLE_MS / 1000);
    await gate.idle();
    expect([gate.unwrittenLines, gate.oldestPushSeconds]).toEqual([0, 0]);
  });

  it('counts no line twice that is sent again', async () => {
    const { gate, said } = setup();
    await gate.pass(push('a'));
    await gate.pass(push('a'));
    expect(said).toEqual([`written, ${LINES} lines`, 'written']);
  });

  it('waits longer for a store that writes slowly', async () => {
    const { gate, store, clock } = setup(6000);
    expect((await gate.pass(push('a'))).status).toBe(204);
    expect([store.disk, clock.ms]).toEqual([['a'], 6000]);
  });

  it('is not acknowledged by a store that does not write in time', async () => {
    const { gate, said } = setup(60_000);
    expect((await gate.pass(push('a'))).status).toBe(503);
    expect(said).toEqual(['1: the store has not written 1 records in time', 'unwritten']);
  });

  it('that the store refuses is refused, and those beside it are acknowledged', async () => {
    const { gate, store } = setup();
    const answers = await Promise.all(['a', 'bad', 'b'].map((body) => gate.pass(push(body))));
    expect(answers.map(({ status }) => status)).toEqual([204, 400, 204]);
    expect(store.disk).toEqual(['a', 'b']);
  });

  it('is not acknowledged where no store answers', async () => {
    const { gate, store, said } = setup();
    store.down = true;
    expect((await gate.pass(push('a'))).status).toBe(503);
    expect(said).toEqual(['1: connection refused', 'unanswered']);
  });

  it.each([
    ['another second', 2],
    ['the same second', 1],
  ])(
    'is not acknowledged by a store that was killed before it wrote and started in %s',
    async (_, second) => {
      const { gate, store } = setup();
      let killed = false;
      store.before = (what) => {
        if (what !== 'flush' || killed) return;
        killed = true;
        store.kill(second);
      };
      expect((await gate.pass(push('a'))).status).toBe(503);
      expect((await gate.pass(push('a'))).status).toBe(204);
      expect(store.disk).toEqual(['a']);
    },
  );

  it('of which the store has everything is acknowledged and not passed on', async () => {
    const { gate, store } = setup();
    await gate.pass(push('a'));
    expect((await gate.pass(push('a'))).status).toBe(200);
    expect(store.disk).toEqual(['a']);
  });

  it('that repeats one of its round waits for the next one, and is then a known one', async () => {
    const { gate, store } = setup();
    const answers = await Promise.all(['a', 'a'].map((body) => gate.pass(push(body))));
    expect(answers.map(({ status }) => status)).toEqual([204, 200]);
    expect(store.disk).toEqual(['a']);
  });

  it('that fails makes the gate forget what it knew of the store', async () => {
    const { gate, doubles, store } = setup();
    await gate.pass(push('a'));
    expect(doubles.forgotten).toEqual([]);
    store.down = true;
    await gate.pass(push('b'));
    expect(doubles.forgotten).toEqual([1]);
  });

  it('that comes while a round is not over is passed on in the next one', async () => {
    const { gate, store } = setup();
    let late: Promise<Answer> | undefined;
    const asked: string[] = [];
    store.before = (what) => {
      asked.push(what);
      if (what === 'flush') late ??= gate.pass(push('b'));
    };
    await gate.pass(push('a'));
    expect((await late)?.status).toBe(204);
    expect(asked).toEqual(['state', 'push', 'flush', 'state', 'state', 'push', 'flush', 'state']);
    await gate.idle();
  });
});

it('never acknowledges what a kill of the store at any moment has lost', async () => {
  const kills = fc.array(fc.record({ at: fc.nat(60), second: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 8,
  });
  const groups = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(kills, groups, fc.nat(5000), async (killed, sizes, writesAfterMs) => {
      const { gate, store } = setup(writesAfterMs);
      let questions = 0;
      store.before = () => {
        questions += 1;
        // A second is never over before its number is larger.
        for (const { at, second } of killed)
          if (at === questions) store.kill(Math.max(store.startedAt, second));
      };
      let number = 0;
      for (const size of sizes) {
        const bodies = Array.from({ length: size }, () => `record ${number++}`);
        // An agent sends again what was not acknowledged.
        while (bodies.length > 0) {
          const answers = await Promise.all(bodies.map((body) => gate.pass(push(body))));
          const rest = bodies.filter((_, index) => (answers[index]?.status ?? 503) >= 300);
          bodies.splice(0, bodies.length, ...rest);
        }
      }
      expect(new Set(store.disk).size).toBe(number);
      expect(store.disk).toHaveLength(number);
    }),
  );
});
