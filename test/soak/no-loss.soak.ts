import { expect, test } from 'vitest';
import { proveNoLoss } from './no-loss.ts';

test('100,000 confirmed jobs, 25 consumers, 20 SIGKILLs and 3 broker restarts: every id is processed', async () => {
  const result = await proveNoLoss({
    runs: 10,
    jobsPerRun: 10_000,
    consumers: 25,
    kills: 20,
    restarts: 3,
    deadlineSeconds: 1200,
  });
  console.log(JSON.stringify({ ...result, missing: result.missing.length }));
  expect(result).toMatchObject({ confirmed: 100_000, missing: [], kills: 20, restarts: 3 });
});
