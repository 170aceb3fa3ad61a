import { expect, test } from 'vitest';
import { CompletionMonitor, type Progress } from './watch.ts';

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
