import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectKey, parseLogLine, parseReport, WINDOW_MINUTES } from '../../packages/contracts/log-report.ts';
import { LogReportsHarness, RAW, REPORTS } from './log-reports-harness.ts';

const WINDOW_MS = WINDOW_MINUTES * 60_000;

let harness: LogReportsHarness;
beforeAll(async () => {
  harness = await LogReportsHarness.start();
});
afterAll(() => harness?.stop());

/** The window that a run now takes first: closed for longer than lines may be late. */
const lastClosed = (): number => (Math.floor((Date.now() - 120_000) / WINDOW_MS) - 1) * WINDOW_MS;

describe('error lines in VictoriaLogs', () => {
  it('become one object and one report a namespace and window, however often the service runs', async () => {
    const start = lastClosed();
    const at = start + 1000;
    const error = { namespace: 'consumer', level: 'error', pod: 'consumer-1' };
    await harness.write([
      { ...error, at, message: 'job run-7-1 failed after 3.5 s: "timeout"' },
      { ...error, at: at + 1, message: 'job run-7-2 failed after 9.1 s: "refused"', pod: 'consumer-2' },
      { ...error, at: start - 1, message: 'of the window before' },
      { ...error, at: start + WINDOW_MS, message: 'of the next window' },
      { namespace: 'consumer', at, message: 'java.lang.NullPointerException: x' },
      { namespace: 'consumer', at, message: 'no error', level: 'info' },
      { namespace: 'api', at, message: 'all is well' },
      { namespace: 'publisher', at, message: 'PANIC', level: 'FATAL' },
      {
        namespace: 'consumer',
        at,
        message: 'Back-off restarting',
        pod: 'consumer-1',
        event: { reason: 'BackOff', type: 'Warning' },
      },
      {
        namespace: 'consumer',
        at,
        message: 'Started',
        pod: 'consumer-1',
        event: { reason: 'Started', type: 'Normal' },
      },
    ]);
    // Beside each other and after each other.
    const runs = [...(await Promise.all([harness.run(), harness.run()])), await harness.run()];
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);

    const consumer = objectKey('raw', { namespace: 'consumer', start });
    const messages = (await harness.lines(consumer)).slice(1).map((text) => parseLogLine(text).message);
    expect(messages.toSorted()).toEqual([
      'Back-off restarting',
      'java.lang.NullPointerException: x',
      'job run-7-1 failed after 3.5 s: "timeout"',
      'job run-7-2 failed after 9.1 s: "refused"',
    ]);
    const raw = await harness.keys(RAW);
    const ofWindow = raw.filter((key) => key.startsWith('raw/') && key.endsWith(consumer.slice(-23)));
    expect(ofWindow).toEqual([consumer, objectKey('raw', { namespace: 'publisher', start })]);
    expect(raw.filter((key) => key.startsWith('done/'))).toHaveLength(36);

    const text = await harness
      .bucket(REPORTS)
      .getText(objectKey('reports', { namespace: 'consumer', start }), harness.signal);
    const { groups, events, lines } = parseReport(text);
    expect(lines).toBe(3);
    expect(groups.map(({ pattern, count, pods }) => [pattern, count, pods.map(({ pod }) => pod)])).toEqual([
      ['job <value> failed after <value> s: <quoted>', 2, ['consumer-1', 'consumer-2']],
      ['java.lang.NullPointerException: x', 1, ['pod-1']],
    ]);
    expect(events).toMatchObject([{ pod: 'consumer-1', reason: 'BackOff', count: 1 }]);
  });

  it('that an agent has pushed twice are in the object once, of as many as no single query gives', async () => {
    const start = lastClosed();
    const lines = Array.from({ length: 60_000 }, (_, n) => ({
      ...{ namespace: 'twice', level: 'error', pod: 'twice-1', position: n },
      ...{ at: start + (n % 500) * 1000, message: `failed at ${n}` },
    }));
    for (let first = 0; first < lines.length; first += 10_000)
      await harness.write(lines.slice(first, first + 10_000));
    await harness.write(lines.slice(20_000, 30_000));
    // The marks of the windows are there: the window of this namespace alone is asked for in a bucket of its own.
    const { code } = await harness.run({ RAW_BUCKET: REPORTS, NAMESPACES: 'twice', CATCH_UP_WINDOWS: '1' });
    expect(code).toBe(0);
    const key = objectKey('reports', { namespace: 'twice', start });
    const report = parseReport(await harness.bucket(REPORTS).getText(key, harness.signal));
    expect([report.lines, report.groups.map(({ count }) => count)]).toEqual([60_000, [60_000]]);
  });
});
