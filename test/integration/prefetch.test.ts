import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { JobHarness } from '../support/job-harness.ts';
import { outcomes, publishJobs, takeAll } from './jobs.ts';

let harness: JobHarness;
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'));
});
afterEach(() => harness.close());

/** Says how many are at work, and ends as soon as `until` resolves. */
const counting = (until: string) => ({
  HANDLER: harness.fleet.file(
    'counting.mjs',
    `import { existsSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    const go = async () => {
      while (!existsSync(new URL('go', import.meta.url))) await sleep(5);
    };
    let inHand = 0;
    export async function handle() {
      inHand += 1;
      console.log(JSON.stringify({ msg: 'begun', inHand }));
      await ${until};
      inHand -= 1;
    }`,
  ),
});
const go = () => writeFileSync(join(harness.fleet.directory, 'go'), '');

it.each([1, 4])('PREFETCH=%i is how many jobs are in hand at once, never more', async (prefetch) => {
  await publishJobs(harness, 'run', 40);
  harness.startConsumer({ ...counting('sleep(20)'), PREFETCH: String(prefetch) });
  await harness.untilSaid('job processed', 40);
  expect(Math.max(...harness.of('begun').map(({ inHand }) => Number(inHand)))).toBe(prefetch);
});

it('on SIGTERM all jobs in flight are finished and acked, and the others stay untouched', async () => {
  const ids = await publishJobs(harness, 'run', 6);
  const { child, ended } = harness.startConsumer({ ...counting('go()'), PREFETCH: '3' });
  await harness.untilSaid('begun', 3);
  child.kill('SIGTERM');
  await harness.untilSaid('stopping');
  expect(outcomes(harness)).toEqual([]);
  go();
  expect(await ended).toBe(0);
  expect(outcomes(harness).sort()).toEqual(ids.slice(0, 3).map((id) => `${id}:succeeded`));
  const left = await takeAll(harness);
  expect(left.map(({ properties }) => properties.messageId)).toEqual(ids.slice(3));
  expect(left.some(({ fields }) => fields.redelivered)).toBe(false);
});

it('what a killed consumer held goes to another, and only that is marked as redelivered', async () => {
  const ids = await publishJobs(harness, 'run', 5);
  const { child, ended } = harness.startConsumer({ ...counting('go()'), PREFETCH: '2' });
  await harness.untilSaid('begun', 2);
  child.kill('SIGKILL');
  await ended;
  harness.startConsumer();
  const done = await harness.untilSaid('job processed', 5);
  expect(outcomes(harness).sort()).toEqual(ids.map((id) => `${id}:succeeded`));
  const redelivered = done.filter((line) => line.redelivered).map(({ jobId }) => jobId);
  expect(redelivered.sort()).toEqual(ids.slice(0, 2));
});
