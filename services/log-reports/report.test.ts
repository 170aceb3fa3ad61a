import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogLine, parseReport, RAW_SCHEMA } from '../../packages/contracts/log-report.ts';
import { MOST, ReportBuilder, reportOf } from './report.ts';

const window = { namespace: 'consumer', start: '2026-11-29T15:10:00Z', end: '2026-11-29T15:20:00Z' };

const lineOf = (message: string, others: Partial<LogLine> = {}): LogLine => ({
  ...{ kind: 'line', time: '2026-11-29T15:10:01Z', pod: 'consumer-1', container: 'main' },
  ...{ stream: 'stderr', level: 'error', message, ...others },
});

function reportFor(lines: readonly LogLine[]) {
  const builder = new ReportBuilder();
  for (const line of lines) builder.add(line);
  return builder.report(window);
}

const arbitraryLine: fc.Arbitrary<LogLine> = fc.record({
  kind: fc.constantFrom('line' as const, 'line' as const, 'event' as const),
  time: fc
    .integer({ min: 0, max: 599 })
    .map((second) => new Date(Date.parse(window.start) + second * 1000).toISOString()),
  pod: fc.constantFrom('consumer-1', 'consumer-2', 'api-1'),
  container: fc.constantFrom('main', 'proxy'),
  stream: fc.constant('stderr'),
  level: fc.constant('error'),
  message: fc
    .tuple(fc.constantFrom('job failed', 'no route', 'timeout after'), fc.nat(50))
    .map(([text, n]) => `${text} ${n}`),
});

describe('a report', () => {
  it('counts lines that differ in their values alone as one, with its pods, its first and its last', () => {
    const { lines, groups } = reportFor([
      lineOf('job 2 failed', { time: '2026-11-29T15:10:02.5Z', pod: 'consumer-2' }),
      lineOf('job 1 failed'),
      lineOf('job 3 failed', { time: '2026-11-29T15:10:02Z' }),
      lineOf('no route'),
    ]);
    expect(lines).toBe(4);
    expect(groups).toMatchObject([
      {
        ...{ pattern: 'job <value> failed', count: 3, sample: 'job 1 failed' },
        ...{ firstSeen: '2026-11-29T15:10:01Z', lastSeen: '2026-11-29T15:10:02.5Z', otherPodLines: 0 },
        pods: [
          { pod: 'consumer-1', container: 'main', count: 2 },
          { pod: 'consumer-2', container: 'main', count: 1 },
        ],
      },
      { pattern: 'no route', count: 1 },
    ]);
  });

  it('shows events of the pods that err before those of others', () => {
    const event = (pod: string, message: string) =>
      lineOf(message, { kind: 'event', pod, fields: { reason: 'BackOff', type: 'Warning' } });
    const { lines, events } = reportFor([
      ...[event('api-1', 'a 1'), event('api-1', 'a 2'), event('consumer-1', 'b'), lineOf('job failed')],
    ]);
    expect(lines).toBe(1);
    expect(events.map(({ pod, reason, message, count }) => [pod, reason, message, count])).toEqual([
      ['consumer-1', 'BackOff', 'b', 1],
      ['api-1', 'BackOff', 'a 1', 2],
    ]);
  });

  it('is the same for any order of its lines, counts each once, and is read as it is written', () => {
    const shuffled = fc
      .array(arbitraryLine, { maxLength: 60 })
      .chain((lines) =>
        fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
      );
    fc.assert(
      fc.property(shuffled, ([lines, others]) => {
        const report = reportFor(lines);
        expect(reportFor(others)).toEqual(report);
        expect(parseReport(JSON.stringify(report))).toEqual(report);
        const written = lines.filter(({ kind }) => kind === 'line').length;
        const grouped = report.groups.reduce((sum, { count }) => sum + count, 0);
        expect([report.lines, grouped]).toEqual([written, written]);
        for (const { count, pods } of report.groups)
          expect(pods.reduce((sum, pod) => sum + pod.count, 0)).toBe(count);
      }),
    );
  });

  it('is bounded in groups, pods, events and samples, and counts what it leaves out', () => {
    const letters = (n: number) =>
      n.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
    const many = Array.from({ length: MOST.groups + 10 }, (_, n) => lineOf(`error ${letters(n)}`));
    const pods = Array.from({ length: MOST.podsOfGroup + 5 }, (_, n) => lineOf('same', { pod: `pod-${n}` }));
    const long = lineOf('x '.repeat(MOST.sample));
    const { groups, ungrouped, lines } = reportFor([...pods, long, ...many]);
    expect([groups.length, ungrouped, lines]).toEqual([MOST.groups, 12, MOST.groups + 10 + pods.length + 1]);
    expect(groups[0]).toMatchObject({ count: pods.length, otherPodLines: 5 });
    expect(groups.map(({ sample }) => sample.length)).toContain(MOST.sample);
  });
});

describe('the preprocessor', () => {
  const header = JSON.stringify({ schema: RAW_SCHEMA, ...window });

  it('makes a report of the lines of an object, and counts those that no reader understands', async () => {
    const report = await reportOf([header, JSON.stringify(lineOf('job 1 failed')), '{"kind":', '{}']);
    expect(report).toMatchObject({ ...window, lines: 1, unreadable: 2 });
  });

  it.each([
    ['of another version', '{"schema":"sluice.log-window/v2"}'],
    ['without lines', undefined],
  ])('refuses an object %s', async (_, first) => {
    await expect(reportOf(first === undefined ? [] : [first])).rejects.toThrow(
      'the first line of the window',
    );
  });
});
