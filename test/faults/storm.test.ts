import { expect, inject, test } from 'vitest';
import { FaultRun } from '../soak/faults/fault-run.ts';
import { storm } from '../soak/faults/scenarios.ts';

test('resets, stalls, half closed links, stopped and killed processes: nothing lost, back at 0 (the short form of the soak)', async () => {
  const { replicas, ...row } = await FaultRun.of(storm, inject('broker'));
  expect(row).toMatchObject({ confirmed: 150, done: 150, parked: 0, lost: 0, messages: 0, processes: 0 });
  expect(replicas.endsWith('-0')).toBe(true);
});
