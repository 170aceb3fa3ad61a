import { expect, it } from 'vitest';
import { Consumption } from './consumption.ts';

function setup() {
  const clock = { now: 0 };
  const told: boolean[] = [];
  const stop = new AbortController();
  const consumption = new Consumption({
    ...{ queue: 'jobs', limitSeconds: 300, stop: stop.signal, now: () => clock.now },
    metrics: { consuming: (yes) => void told.push(yes) },
  });
  return { consumption, clock, told, stop };
}

it('is not ready until it consumes, and not ready at once when it does not', () => {
  const { consumption, told } = setup();
  expect(consumption.ready()).toBe("not consuming 'jobs'");
  consumption.set(true);
  expect(consumption.ready()).toBeUndefined();
  consumption.set(false);
  expect(consumption.ready()).toBe("not consuming 'jobs'");
  expect(told).toEqual([false, true, false]);
});

it('is alive until it has not consumed for longer than the limit', () => {
  const { consumption, clock } = setup();
  consumption.set(true);
  clock.now = 1_000_000;
  consumption.set(false);
  clock.now += 300_000;
  expect(consumption.live()).toBeUndefined();
  // A failure in between does not restart the time.
  consumption.set(false);
  clock.now += 1000;
  expect(consumption.live()).toBe("not consuming 'jobs' for 301 s");
  consumption.set(true);
  expect(consumption.live()).toBeUndefined();
});

it('is alive however long it stops: the jobs in flight have their own deadline', () => {
  const { consumption, clock, stop } = setup();
  stop.abort();
  clock.now = 1_000_000;
  expect(consumption.live()).toBeUndefined();
});
