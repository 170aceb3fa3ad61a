import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayPrefix,
  doneKey,
  LogDocumentError,
  type LogReport,
  objectKey,
  parseLogLine,
  parseObjectKey,
  parseReport,
  REPORT_SCHEMA,
} from './log-report.ts';

const start = Date.parse('2026-11-29T15:10:00Z');
const consumer = { namespace: 'consumer', start };

describe('the key of an object', () => {
  it('holds the namespace and the start of its window', () => {
    expect([
      objectKey('raw', consumer),
      objectKey('reports', consumer),
      objectKey('archive', consumer),
    ]).toEqual([
      'raw/consumer/2026/11/29/1510.jsonl.gz',
      'reports/consumer/2026/11/29/1510.json',
      'archive/consumer/2026/11/29/1510.jsonl.gz',
    ]);
    expect([doneKey('raw', start), dayPrefix('reports', consumer)]).toEqual([
      'done/raw/2026/11/29/1510.json',
      'reports/consumer/2026/11/29/',
    ]);
  });

  it('is read back, and sorts as time does', () => {
    const minute = fc.integer({ min: 0, max: 70_000_000 }).map((minutes) => minutes * 60_000);
    const family = fc.constantFrom('raw' as const, 'reports' as const, 'archive' as const);
    fc.assert(
      fc.property(
        family,
        minute,
        minute,
        fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/),
        (of, a, b, namespace) => {
          const [left, right] = [a, b].map((at) => objectKey(of, { namespace, start: at }));
          expect(parseObjectKey(left ?? '')).toEqual({ family: of, namespace, start: a });
          expect(String(left) < String(right)).toBe(a < b);
        },
      ),
    );
  });

  it.each([
    'raw/consumer/2026/02/30/1510.jsonl.gz',
    'raw/consumer/2026/11/29/2510.jsonl.gz',
    'raw/consumer/2026/11/29/1510.json',
    'done/raw/2026/11/29/1510.json',
    'raw/../2026/11/29/1510.jsonl.gz',
  ])('is none: %s', (key) => {
    expect(parseObjectKey(key)).toBeUndefined();
  });
});

const report: LogReport = {
  schema: REPORT_SCHEMA,
  ...{ namespace: 'consumer', start: '2026-11-29T15:10:00Z', end: '2026-11-29T15:20:00Z' },
  ...{ lines: 0, groups: [], ungrouped: 0, unreadable: 0, events: [] },
};

describe('a report', () => {
  it('is read as it was written', () => {
    expect(parseReport(JSON.stringify(report))).toEqual(report);
  });

  it('of another version is refused', () => {
    const other = JSON.stringify({ ...report, schema: 'sluice.log-report/v2' });
    expect(() => parseReport(other)).toThrow(/'schema': Invalid input: expected "sluice.log-report\/v1"/);
  });

  it('that is wrong is refused with every fault, and without its content', () => {
    const wrong = JSON.stringify({ ...report, lines: -1, start: 'password' });
    expect(() => parseReport(wrong)).toThrow(LogDocumentError);
    expect(() => parseReport(wrong)).toThrow(/has 2 faults: 'start': must be RFC 3339 in UTC; 'lines': /);
    expect(() => parseReport('sesame')).toThrow(/^the report is no JSON$/);
  });
});

it('a line needs a kind, an instant in UTC and a message', () => {
  const line = { kind: 'line', pod: 'a', container: 'b', stream: 'stderr', level: '', message: 'm' };
  const time = '2026-11-29T15:10:00.123456789Z';
  expect(parseLogLine(JSON.stringify({ ...line, time }))).toEqual({ ...line, time });
  for (const odd of ['2026-11-29T15:10:00+01:00', '2026-11-29T15:61:00Z', '2026-02-30T15:10:00Z'])
    expect(() => parseLogLine(JSON.stringify({ ...line, time: odd }))).toThrow("'time'");
});
