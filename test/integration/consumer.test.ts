import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from '../support/fleet.ts';
import { Stage } from './stage.ts';

/** Says when work begins and how many are at it, and works until the file `go` stands beside it. */
const WAITS_FOR_GO = `
  import { existsSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  let inHand = 0;
  export async function handle({ id }) {
    inHand += 1;
    console.log(JSON.stringify({ msg: 'begun', id, inHand }));
    while (!existsSync(new URL('go', import.meta.url))) await sleep(5);
    inHand -= 1;
  }
`;

/** Says how many are at work, and lets others begin before it ends. */
const COUNTS = `
  import { setTimeout as sleep } from 'node:timers/promises';
  let inHand = 0;
  export async function handle() {
    inHand += 1;
    console.log(JSON.stringify({ msg: 'begun', inHand }));
    await sleep(20);
    inHand -= 1;
  }
`;

describe('a consumer', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.withQueue(inject('broker'));
  });
  afterEach(() => stage.close());

  const consumer = (env: Readonly<Record<string, string>>) =>
    stage.fleet.start('consumer', { ...stage.env, ...env });
  const begun = (jobs: number) => until(`${jobs} begun`, () => stage.said('begun').length === jobs, 20);
  const processed = (jobs: number) =>
    until(`${jobs} processed`, () => stage.said('job processed').length === jobs, 20);
  const go = () => writeFileSync(join(stage.fleet.directory, 'go'), '');
  const waitsForGo = () => stage.fleet.file('waits.mjs', WAITS_FOR_GO);

  it.each([1, 3])(
    'finishes and acks the %i in hand on SIGTERM, takes no more, and exits 0',
    async (prefetch) => {
      const ids = await stage.publishJobs('run', 6);
      const { child, ended } = consumer({ HANDLER: waitsForGo(), PREFETCH: String(prefetch) });
      await begun(prefetch);
      child.kill('SIGTERM');
      await until('stopping', () => stage.said('stopping').length === 1, 10);
      expect(stage.outcomes()).toEqual([]);
      go();
      expect(await ended).toBe(0);
      expect(stage.outcomes().sort()).toEqual(ids.slice(0, prefetch).map((id) => `${id}:succeeded`));
      const left = await stage.take('jobs');
      expect(left.map(({ properties }) => properties.messageId).sort()).toEqual(ids.slice(prefetch));
      expect(left.some(({ fields }) => fields.redelivered)).toBe(false);
      expect(await stage.ready('jobs.retry')).toBe(0);
    },
  );

  it('gives up work that outlasts its stop deadline: exit 1, and the broker delivers the job again', async () => {
    const [id = ''] = await stage.publishJobs('run', 1);
    const { child, ended } = consumer({ HANDLER: waitsForGo(), STOP_DEADLINE_SECONDS: '0.2' });
    await begun(1);
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(stage.outcomes()).toEqual([]);
    consumer({ WORK_SECONDS: '0.001' });
    await processed(1);
    expect(stage.said('job processed')[0]).toMatchObject({
      jobId: id,
      outcome: 'succeeded',
      redelivered: true,
    });
  });

  it('loses nothing when it is killed at work: what it held goes to another, marked as redelivered', async () => {
    const ids = await stage.publishJobs('run', 5);
    const { child, ended } = consumer({ HANDLER: waitsForGo(), PREFETCH: '2' });
    await begun(2);
    child.kill('SIGKILL');
    await ended;
    consumer({ WORK_SECONDS: '0.001' });
    await processed(5);
    const done = stage.said('job processed');
    expect(stage.outcomes().sort()).toEqual(ids.map((id) => `${id}:succeeded`));
    expect(
      done
        .filter(({ redelivered }) => redelivered)
        .map(({ jobId }) => jobId)
        .sort(),
    ).toEqual(ids.slice(0, 2));
  });

  it.each([1, 4])('has PREFETCH=%i jobs in hand at once, never more', async (prefetch) => {
    await stage.publishJobs('run', 40);
    consumer({ HANDLER: stage.fleet.file('counts.mjs', COUNTS), PREFETCH: String(prefetch) });
    await processed(40);
    expect(Math.max(...stage.said('begun').map(({ inHand }) => Number(inHand)))).toBe(prefetch);
  });
});
