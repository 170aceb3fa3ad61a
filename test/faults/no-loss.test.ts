import { expect, test } from 'vitest';
import { proveNoLoss } from '../soak/no-loss.ts';

test('no confirmed job is lost while consumers are killed and the broker fails (the short form of the soak)', async () => {
  const result = await proveNoLoss({
    runs: 2,
    jobsPerRun: 1000,
    consumers: 4,
    kills: 3,
    restarts: 1,
    deadlineSeconds: 240,
  });
  expect(result).toMatchObject({ confirmed: 2000, missing: [], kills: 3, restarts: 1 });
});
