import { describe, expect, it, test } from 'vitest';
import {
  type BrokerCounts,
  BrokerLedger,
  CompletionMonitor,
  type Progress,
  parseStatistics,
} from './broker-counts.ts';
import { summary } from './view.ts';

const none: BrokerCounts = { left: 0, parked: 0, acknowledged: 0, republished: 0, redelivered: 0 };

function published(jobs: number, base: Partial<BrokerCounts> = {}): BrokerLedger {
  const ledger = new BrokerLedger();
  ledger.observe({ ...none, ...base }, 0);
  ledger.announce('run', jobs);
  ledger.record({ msg: 'run confirmed', runId: 'run', jobs, confirmed: jobs });
  return ledger;
}

describe('a run whose worker prints nothing that is known here', () => {
  it('is settled when the broker has counted an acknowledgement a job and holds none', () => {
    const ledger = published(40);
    ledger.observe({ ...none, left: 15, acknowledged: 25 }, 1000);
    expect([ledger.processed, ledger.settled]).toEqual([25, false]);
    ledger.observe({ ...none, acknowledged: 40 }, 2000);
    expect([ledger.processed, ledger.settled, ledger.balanced, ledger.lost]).toEqual([40, true, true, 0]);
    expect(ledger.completions).toHaveLength(40);
  });

  it('does not take a job that is tried again for one that is done', () => {
    const ledger = published(1);
    ledger.observe({ ...none, left: 1, acknowledged: 1, republished: 1 }, 1000);
    expect([ledger.processed, ledger.settled]).toEqual([0, false]);
    ledger.observe({ ...none, acknowledged: 2, republished: 1 }, 2000);
    expect([ledger.processed, ledger.settled]).toEqual([1, true]);
  });

  it('loses what leaves the queue without an acknowledgement, and says so', () => {
    const ledger = published(10);
    ledger.observe({ ...none, acknowledged: 9 }, 1000);
    expect([ledger.lost, ledger.settled, ledger.balanced]).toEqual([1, false, false]);
  });

  it('settles with jobs that were parked, but does not balance', () => {
    const ledger = published(10);
    ledger.observe({ ...none, acknowledged: 10, republished: 1, parked: 1 }, 1000);
    expect([ledger.processed, ledger.parked, ledger.settled, ledger.balanced]).toEqual([9, 1, true, false]);
  });

  it('counts from its own beginning on a broker that is borrowed', () => {
    const ledger = published(5, { acknowledged: 1000, parked: 3, redelivered: 7 });
    ledger.observe({ left: 0, acknowledged: 1005, parked: 3, redelivered: 8, republished: 0 }, 1000);
    expect([ledger.processed, ledger.parked, ledger.redelivered, ledger.balanced]).toEqual([5, 0, 1, true]);
  });

  it('counts no job of its own before those that the queue held already are done', () => {
    const ledger = published(5, { left: 3, acknowledged: 1000 });
    ledger.observe({ ...none, left: 4, acknowledged: 1004 }, 1000);
    expect([ledger.processed, ledger.settled]).toEqual([1, false]);
    ledger.observe({ ...none, acknowledged: 1008 }, 2000);
    expect([ledger.processed, ledger.duplicated, ledger.settled, ledger.balanced]).toEqual([
      ...[5, 0],
      ...[true, true],
    ]);
    expect(summary(ledger, [0])).toContain('the queue held 3 jobs before the run: they were done first');
  });

  it('finds work that was done twice', () => {
    const ledger = published(5);
    ledger.observe({ ...none, acknowledged: 6 }, 1000);
    expect([ledger.processed, ledger.duplicated, ledger.balanced]).toEqual([5, 1, false]);
  });
});

it('reads a queue that never saw a message as zeros', () => {
  expect(parseStatistics({ messages: 3, message_stats: { ack: 2, publish: -1 } })).toEqual({
    ...{ messages: 3, ack: 2, deliver_no_ack: 0, get_no_ack: 0, publish: 0, redeliver: 0 },
  });
  expect(Object.values(parseStatistics({}))).toEqual([0, 0, 0, 0, 0, 0]);
});

const busy: Progress = {
  publishing: false,
  settled: false,
  processed: 10,
  replicas: 25,
  interrupted: false,
  failed: undefined,
};

test('a run is over when every job is done and the workload is back at 0, not before', () => {
  const watch = new CompletionMonitor(120, 0);
  expect(watch.ending(busy, 0)).toBeUndefined();
  expect(watch.ending({ ...busy, settled: true }, 1000)).toBeUndefined();
  expect(watch.ending({ ...busy, settled: true, replicas: 0, publishing: true }, 2000)).toBeUndefined();
  expect(watch.ending({ ...busy, settled: true, replicas: 0 }, 3000)).toBe('settled');
});

test('nothing moving for the whole stall time ends it; any progress restarts that time', () => {
  const watch = new CompletionMonitor(120, 0);
  expect(watch.ending(busy, 0)).toBeUndefined();
  expect(watch.ending(busy, 119_000)).toBeUndefined();
  expect(watch.ending({ ...busy, processed: 11 }, 119_500)).toBeUndefined();
  expect(watch.ending({ ...busy, processed: 11 }, 239_000)).toBeUndefined();
  expect(watch.ending({ ...busy, processed: 11 }, 239_500)).toBe('stalled');
});

test('an idle pause between two publisher runs is no stall', () => {
  const watch = new CompletionMonitor(120, 0);
  const idle = { ...busy, settled: true, publishing: true, replicas: 0 };
  expect(watch.ending(idle, 0)).toBeUndefined();
  expect(watch.ending(idle, 600_000)).toBeUndefined();
});

test('an interruption and a service that failed end it at once', () => {
  expect(new CompletionMonitor(120, 0).ending({ ...busy, interrupted: true }, 0)).toBe('interrupted');
  expect(new CompletionMonitor(120, 0).ending({ ...busy, failed: { name: 'scaler' } }, 0)).toBe('failed');
});
