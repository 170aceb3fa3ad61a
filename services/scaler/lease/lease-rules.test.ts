import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/properties.ts';
import {
  type Candidate,
  defaultTiming,
  type LeaseRecord,
  mayAct,
  mayTake,
  observe,
  systemClock,
  written,
} from './lease-rules.ts';

const timing = defaultTiming;
const held = (version: string, holder = 'other'): LeaseRecord => ({ holder, durationMs: 15_000, version });
const see = (candidate: Candidate, record: LeaseRecord, at: number) => observe(candidate, record, 'me', at);
const take = (candidate: Candidate, record: LeaseRecord, at: number) =>
  mayTake(candidate, record, 'me', at, timing);

describe('a contender for the lease', () => {
  it('waits 15 s after it first saw a renewal, whatever times the lease claims', () => {
    const seen = see({}, held('7'), 1000);
    expect(take(seen, held('7'), 15_999)).toBe(false);
    expect(take(seen, held('7'), 16_000)).toBe(true);
  });

  it('waits again after each renewal', () => {
    const renewed = see(see({}, held('7'), 0), held('8'), 14_000);
    expect(take(renewed, held('8'), 28_999)).toBe(false);
    expect(take(renewed, held('8'), 29_000)).toBe(true);
  });

  it('waits as long as the holder asked, if that is longer', () => {
    const long = { ...held('7'), durationMs: 60_000 };
    expect(take(see({}, long, 0), long, 59_999)).toBe(false);
    expect(take(see({}, long, 0), long, 60_000)).toBe(true);
  });

  it('takes a released lease at once', () => {
    expect(take(see({}, held('7', ''), 0), held('7', ''), 0)).toBe(true);
  });

  it('acts for 10 s from the beginning of its last renewal', () => {
    const leader = written('8', 1000, 3000);
    expect(mayAct(leader, 10_999, timing)).toBe(true);
    expect(mayAct(leader, 11_000, timing)).toBe(false);
  });

  it('stops acting when it sees another holder, and goes on when it sees itself', () => {
    const leader = written('8', 0, 0);
    expect(mayAct(see(leader, held('9'), 1), 1, timing)).toBe(false);
    expect(mayAct(see(leader, held('8', 'me'), 1), 1, timing)).toBe(true);
  });
});

/** One contender's next step: how long its parts take, in true milliseconds, and what befalls it. */
interface Step {
  readonly pause: number;
  readonly readDelay: number;
  readonly sendDelay: number;
  readonly answerDelay: number;
  readonly answerLost: boolean;
}

/** Mostly a healthy network and the usual retry; now and then anything. */
const mostly = (usual: number, most: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: usual, max: usual + 50 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: most }) },
  );

const step: fc.Arbitrary<Step> = fc.record({
  pause: mostly(2000, 40_000),
  readDelay: mostly(0, 4000),
  sendDelay: mostly(0, 40_000),
  answerDelay: mostly(0, 40_000),
  answerLost: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.boolean() }),
});
const contender = fc.record({
  offset: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  /** Its clocks run up to a tenth fast or slow. */
  rate: fc.constantFrom(0.91, 1, 1.1),
  steps: fc.array(step, { maxLength: 30, size: 'max' }),
});

interface Term {
  readonly from: number;
  readonly to: number;
}

/** A compare-and-set register in true time: operations take effect at an instant between call and answer. */
function race(contenders: readonly { offset: number; rate: number; steps: readonly Step[] }[]): Term[][] {
  let lease: LeaseRecord = { holder: '', durationMs: 15_000, version: '0' };
  const agenda: { at: number; run: () => void }[] = [];
  const at = (instant: number, run: () => void) => agenda.push({ at: instant, run });
  const terms: Term[][] = contenders.map(() => []);
  contenders.forEach(({ offset, rate, steps }, index) => {
    const me = `contender-${index}`;
    const local = (instant: number) => offset + instant * rate;
    const trueTime = (clock: number) => (clock - offset) / rate;
    let candidate: Candidate = {};
    const play = (now: number, n: number): void => {
      const current = steps[n];
      if (current === undefined) return;
      at(now + current.pause, () => attempt(now + current.pause, current, n));
    };
    const attempt = (now: number, current: Step, n: number) => {
      const seen = lease;
      at(now + current.readDelay, () => {
        const then = now + current.readDelay;
        candidate = observe(candidate, seen, me, local(then));
        if (!mayTake(candidate, seen, me, local(then), timing)) return play(then, n + 1);
        send(then, seen, current, n);
      });
    };
    const send = (now: number, seen: LeaseRecord, current: Step, n: number) => {
      let version: string | undefined;
      at(now + current.sendDelay, () => {
        if (lease.version !== seen.version) return;
        version = String(Number(lease.version) + 1);
        lease = { holder: me, durationMs: timing.durationMs, version };
      });
      const answered = now + current.sendDelay + current.answerDelay;
      at(answered, () => {
        if (version !== undefined && !current.answerLost) {
          candidate = written(version, local(now), local(answered));
          const end = trueTime(local(now) + timing.renewDeadlineMs);
          if (end > answered) terms[index]?.push({ from: answered, to: end });
        }
        play(answered, n + 1);
      });
    };
    play(0, 0);
  });
  while (agenda.length > 0) {
    agenda.sort((a, b) => a.at - b.at);
    agenda.shift()?.run();
  }
  return terms;
}

const overlap = (a: Term, b: Term) => a.from < b.to && b.from < a.to;

describe('two contenders', () => {
  it('never act at once, whatever the delays, pauses, lost answers and clocks', () => {
    let terms = 0;
    fc.assert(
      fc.property(contender, contender, (one, two) => {
        const [first = [], second = []] = race([one, two]);
        terms += first.length + second.length;
        expect(first.filter((a) => second.some((b) => overlap(a, b)))).toEqual([]);
      }),
      { numRuns: runs(500) },
    );
    expect(terms).toBeGreaterThan(1000);
  });
});

function adjustable() {
  const now = { monotonic: 500, wall: 1_700_000_000_000 };
  const clock = systemClock(
    () => now.monotonic,
    () => now.wall,
  );
  return { now, clock };
}

it('lets a suspended holder notice the time it lost, by the wall clock', () => {
  const { now, clock } = adjustable();
  const before = clock.upperBound();
  now.wall += 30_000;
  expect(clock.upperBound() - before).toBe(30_000);
});

it('gives a holder nothing for a wall clock that was set back', () => {
  const { now, clock } = adjustable();
  const before = clock.upperBound();
  now.wall -= 3_600_000;
  now.monotonic += 10_000;
  expect(clock.upperBound() - before).toBe(10_000);
});

it('makes no challenger impatient by a wall clock that was set forward', () => {
  const { now, clock } = adjustable();
  const before = clock.lowerBound();
  now.wall += 3_600_000;
  now.monotonic += 2000;
  expect(clock.lowerBound() - before).toBe(2000);
});
