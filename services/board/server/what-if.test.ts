import { latch } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { arrivedOf, workloadTimes } from '../model/arrivals.ts';
import { BoardModel } from '../model/board.ts';
import type { Sample } from '../model/history.ts';
import { TimeShare } from '../model/what-if.ts';
import { board, HOSTILE } from '../testing/served.ts';
import { LANGUAGES } from '../text/language.ts';

const policy = latch({ replicas: 5, startWhen: { readyAtLeast: 20, oldestWaitSeconds: 60 } });

/** Twenty jobs at the tenth second, done one a second from the twentieth on. */
function busy(seconds = 120): BoardModel {
  const model = new BoardModel(new Map([['jobs', policy]]));
  for (let second = 0; second <= seconds; second += 1) {
    if (second > 20 && second <= 40) model.processed(second * 1000);
    const work = second < 10 ? 0 : Math.min(20, Math.max(0, 40 - second));
    const unacked = second < 20 ? 0 : Math.min(5, work);
    const reading = { workload: 'jobs', ready: work - unacked, unacked, replicas: unacked > 0 ? 5 : 0 };
    model.observe([reading], second * 1000);
  }
  return model;
}

const files = new Map([['jobs', 'apps/workloads/consumer.ts']]);
const links = { repository: 'https://github.com/sluice/sluice', branch: 'main', files };

describe('what-if on the page of a queue', () => {
  it('is a form of the policy, with the numbers of today, that asks the board by GET', async () => {
    const { get } = await board({}, busy());
    const { body } = await get('/queues/jobs?lang=de');
    expect(body).toContain('method="get" action="/queues/jobs#what-if"');
    for (const [name, value] of Object.entries({
      replicas: 5,
      readyAtLeast: 20,
      oldestWaitSeconds: 60,
      minReplicas: 0,
    }))
      expect(body).toContain(`name="${name}" value="${value}"`);
    expect(body).toContain('<input type="hidden" name="lang" value="de">');
    expect(body).not.toContain('name="perReplica"');
    expect(body).not.toContain('policy: latch');
  });

  it('answers both policies on what arrived, with the line to paste and the file to edit', async () => {
    const { get } = await board({ links }, busy());
    const { statusCode, body } = await get('/queues/jobs?readyAtLeast=5&replicas=10');
    expect(statusCode).toBe(200);
    expect(body).toContain('On 20 jobs that arrived from 00:00:00 UTC to 00:02:00 UTC.');
    expect(body).toMatch(/<th scope="row">Wait, half of the jobs \(p50\)<\/th><td class="number">[\d.]+ sec/);
    expect(body).toContain(
      'policy: latch({ replicas: 10, startWhen: { readyAtLeast: 5, oldestWaitSeconds: 60 } }),',
    );
    expect(body).toContain('href="https://github.com/sluice/sluice/edit/main/apps/workloads/consumer.ts"');
    expect(body.match(/<figure class="chart"/g)).toHaveLength(5);
  });

  it.each(LANGUAGES)('names every number that does not fit beside its field, in %s', async (lang) => {
    const { get } = await board({}, busy());
    const { body } = await get(`/queues/jobs?lang=${lang}&replicas=0&readyAtLeast=2.5&minReplicas=x`);
    for (const field of ['replicas', 'readyAtLeast', 'minReplicas'])
      expect(body).toMatch(new RegExp(`id="what-if-${field}-fault"><span>[^<]{5,}</span>`));
    expect(body.match(/aria-invalid="true"/g)).toHaveLength(3);
    expect(body).toContain('name="readyAtLeast" value="2.5"');
    expect(body).not.toContain('policy: latch');
  });

  it('takes hostile numbers as text', async () => {
    const { get } = await board({}, busy());
    const { statusCode, body } = await get(`/queues/jobs?replicas=${encodeURIComponent(HOSTILE)}`);
    expect(statusCode).toBe(200);
    expect(body).toContain('aria-invalid="true"');
    expect(body).not.toContain('<script>alert');
  });

  it('says what is missing where too little is known', async () => {
    const short = await board({}, busy(30));
    expect((await short.get('/queues/jobs?replicas=9')).body).toContain('needs a minute of readings');
    const model = new BoardModel();
    model.observe([{ workload: 'jobs', ready: 0, unacked: 0, replicas: 0 }], 1000);
    const unknown = await board({}, model);
    expect((await unknown.get('/queues/jobs')).body).toContain('does not know the policy');
  });

  it('simulates for a quarter of the time at most, and says so', async () => {
    let now = 0;
    const share = new TimeShare(0.25, () => now);
    const work = () => (now += 100);
    expect([share.run(work), share.run(work)]).toEqual([100, undefined]);
    now = 399;
    expect(share.run(work)).toBeUndefined();
    now = 400;
    expect(share.run(work)).toBe(500);
  });
});

const sample = (second: number, ready: number, unacked: number, throughput: number | null): Sample => ({
  ...{ at: second * 1000, ready, unacked, replicas: 1, oldestWaitSeconds: 0, throughput },
});

describe('what arrived', () => {
  it('is the change of the backlog and what was done meanwhile', () => {
    const samples = [sample(0, 4, 0, 0), sample(60, 10, 2, 0.1), sample(120, 0, 0, 0.2)];
    // 4 at first; 8 more and 6 done; 12 fewer and 12 done.
    expect(arrivedOf(samples, 5)).toMatchObject({ from: 0, to: 120_000, jobs: 18, replicas: 1 });
  });

  it('follows from the work in hand where the jobs done are not reported', () => {
    const samples = [sample(0, 0, 2, null), sample(100, 0, 2, null)];
    // 2 at first, and 2 in hand for 100 s of jobs of 5 s.
    expect(arrivedOf(samples, 5)).toMatchObject({ jobs: 42 });
    expect(arrivedOf([sample(0, 0, 0, null), sample(100, 0, 0, null)], 5)).toBe('none');
    expect(arrivedOf([sample(0, 0, 0, null), sample(100, 200_000, 0, null)], 5)).toBe('many');
  });

  it('gives the time of a job by the work in hand and the jobs done', () => {
    const samples = Array.from({ length: 60 }, (_, second) => sample(second, 0, 6, 2));
    expect(workloadTimes(policy, samples)).toEqual({ jobSeconds: 3, startSeconds: 10 });
    expect(workloadTimes(policy, [])).toEqual({ jobSeconds: 10, startSeconds: 10 });
  });
});
