import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from '@sluice/runtime';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { BoardModel } from '../model/board.ts';
import { Watch } from '../model/state.ts';
import { LogFile, parseServiceLine } from './lines.ts';
import { readingsIn } from './scaler.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-board-'));
afterAll(() => rmSync(directory, { recursive: true }));

const EXPOSITION = `# HELP sluice_scaler_backlog Messages.
sluice_scaler_backlog{workload="jobs",state="ready",component="scaler"} 12
sluice_scaler_backlog{workload="jobs",state="unacked",component="scaler"} 3
sluice_scaler_current_replicas{workload="jobs",component="scaler"} 5
sluice_scaler_oldest_wait_seconds{workload="jobs",source="first-sight",component="scaler"} 7.5
sluice_scaler_reading_age_seconds{workload="jobs",component="scaler"} 0.4
sluice_scaler_current_replicas{workload="<b>\\"hostile\\"",component="scaler"} 1
sluice_scaler_current_replicas{workload="broken",component="scaler"} NaN
`;

describe("the scaler's metrics", () => {
  it('are read by workload, and what is not a count is not known', () => {
    expect(readingsIn(EXPOSITION)).toEqual([
      { workload: '<b>"hostile"', replicas: 1 },
      {
        ...{ workload: 'jobs', ready: 12, unacked: 3, replicas: 5, readingAgeSeconds: 0.4 },
        oldestWait: { seconds: 7.5, source: 'first-sight' },
      },
    ]);
  });

  it('are those of the pod that leads: one that follows repeats what it knew when it led', () => {
    const of = (pod: string, leads: number, ready: number): string =>
      `sluice_scaler_leader{pod="${pod}"} ${leads} 1700000000000
sluice_scaler_backlog{pod="${pod}",state="ready",workload="jobs"} ${ready} 1700000000000
`;
    expect(readingsIn(of('a', 1, 7) + of('b', 0, 900))).toEqual([{ workload: 'jobs', ready: 7 }]);
    expect(readingsIn(of('a', 0, 900) + of('b', 1, 7))).toEqual([{ workload: 'jobs', ready: 7 }]);
    expect(() => readingsIn(of('a', 0, 7) + of('b', 0, 7))).toThrow('no scaler leads');
  });

  it('are of no scaler in an exposition of something else, as in that of a Prometheus that reaches none', async () => {
    const other = await createRegistry('other').metrics();
    expect(() => readingsIn(other)).toThrow('no scaler');
    expect(() => readingsIn('')).toThrow('no scaler');
    expect(readingsIn('sluice_scaler_leader 1')).toEqual([]);
  });
});

const decision = {
  ...{ level: 30, time: 5000, service: 'scaler', workload: 'jobs', ready: 100 },
  ...{ current: 0, replicas: 25, reason: 'BacklogReachedMark', message: 'opening', msg: 'decision' },
};

describe('a line of a service', () => {
  it('is a decision or a job that is done', () => {
    expect(parseServiceLine(JSON.stringify(decision))).toMatchObject({ msg: 'decision', replicas: 25 });
    const job = { msg: 'job processed', outcome: 'succeeded', time: 5, jobId: 'a-1' };
    expect(parseServiceLine(JSON.stringify(job))).toEqual({
      msg: 'job processed',
      outcome: 'succeeded',
      time: 5,
    });
  });

  it.each([
    ['a reason that is none', { ...decision, reason: '<script>' }],
    ['a count that is none', { ...decision, replicas: -1 }],
    ['an instant that is none', { ...decision, time: 1e300 }],
    ['another line', { ...decision, msg: 'decision made' }],
  ])('is nothing with %s', (_, line) => {
    expect(parseServiceLine(JSON.stringify(line))).toBeUndefined();
  });

  it('is nothing or sound, whatever is in it', () => {
    const hostile = fc.record({ msg: fc.constant('decision') }).chain((base) =>
      fc.record({
        ...Object.fromEntries(Object.keys(decision).map((key) => [key, fc.jsonValue()])),
        msg: fc.constant(base.msg),
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          hostile.map((line) => JSON.stringify(line)),
          fc.string().map((text) => `"msg":"decision"${text}`),
        ),
        (text) => {
          const line = parseServiceLine(text);
          if (line?.msg === 'decision') expect(line.message.length).toBeLessThanOrEqual(400);
        },
      ),
    );
  });
});

describe('a file of lines', () => {
  it('is read from its beginning, then only what is new, and only whole lines', async () => {
    const path = join(directory, 'run.log');
    writeFileSync(path, 'a\nb\nhal');
    const file = new LogFile(path);
    expect(await file.lines()).toEqual(['a', 'b']);
    appendFileSync(path, 'f ü\n');
    expect(await file.lines()).toEqual(['half ü']);
    expect(await file.lines()).toEqual([]);
  });

  it('is read anew when it was cut', async () => {
    const path = join(directory, 'cut.log');
    writeFileSync(path, 'one\ntwo\n');
    const file = new LogFile(path);
    await file.lines();
    writeFileSync(path, 'x\n');
    expect(await file.lines()).toEqual(['x']);
  });

  it('does not fill the memory with a line without an end', async () => {
    const path = join(directory, 'long.log');
    writeFileSync(path, 'x'.repeat(3 * 1024 * 1024));
    const file = new LogFile(path);
    for (let read = 0; read < 4; read += 1) expect(await file.lines()).toEqual([]);
    appendFileSync(path, '\nnext\n');
    expect(await file.lines()).toContain('next');
  });
});

it('goes on when a source fails, says so once, and says when it answers again', async () => {
  const reports: (string | undefined)[] = [];
  let failures = 0;
  let fails = true;
  const model = new BoardModel();
  const watch = new Watch({
    ...{
      model,
      pollMs: 1000,
      now: () => 1_000_000,
      changed: () => {},
      failed: () => {
        failures += 1;
      },
      reported: (report) => void reports.push(report),
    },
    readings: {
      read: async () => {
        if (fails) throw new Error('scaler cannot be reached');
        return [{ workload: 'jobs', ready: 1, unacked: 0, replicas: 0 }];
      },
    },
    lines: { lines: async () => [JSON.stringify(decision), 'noise'] },
  });
  await watch.poll();
  await watch.poll();
  fails = false;
  await watch.poll();
  expect(reports).toEqual(['scaler cannot be reached', undefined]);
  expect(failures).toBe(2);
  expect(model.state(0).workloads[0]).toMatchObject({
    workload: 'jobs',
    ready: 1,
    decisions: [{ to: 25 }, {}, {}],
  });
});
