import { expect, it } from 'vitest';
import { type LogReport, REPORT_SCHEMA } from '../../../packages/contracts/log-report.ts';
import { summaryOf } from '../model/errors.ts';
import { OnDemand } from '../model/feed.ts';
import { board, running } from '../testing/served.ts';

const NOW = 1_767_225_600_000;
const START = NOW - 600_000;

const group = (lastSeen: string): LogReport['groups'][number] => ({
  ...{ fingerprint: '0123456789abcdef', pattern: 'no route', count: 3, sample: 'no route', pods: [] },
  ...{ firstSeen: lastSeen, lastSeen, otherPodLines: 0 },
});

/** A report as a version that writes another form of instants would leave it. */
const report = (start: string, lastSeen: string): LogReport => ({
  ...{ schema: REPORT_SCHEMA, namespace: 'shop', start, end: '2026-01-01T00:00:00Z', lines: 3 },
  ...{ groups: [group(lastSeen)], ungrouped: 0, unreadable: 0, events: [] },
});

async function page(of: LogReport): Promise<string> {
  const errors = { connection: { kind: 'live' }, readAt: NOW, value: [summaryOf(of, START)] } as const;
  const reports = new OnDemand({ read: async () => of, freshMs: 1000, most: 2, changed: () => {} });
  const state = () => ({ ...running().state(NOW), errors });
  const { get } = await board({ state, lookups: { reports } });
  return (await get(`/logs?ns=shop&at=${START}`)).body;
}

it('shows when an error was last seen, and when its window begins', async () => {
  const body = await page(report('2025-12-31T23:50:00Z', '2025-12-31T23:58:30Z'));
  expect(body).toContain('<time datetime="2025-12-31T23:58:30.000Z">');
  expect(body).toContain('shop, ten minutes from Dec 31, 2025');
});

it('shows a dash for an instant that it cannot read, and the window of the key', async () => {
  const body = await page(report('31/12/2025', 'a moment ago'));
  expect(body).toContain('<td>–</td>');
  expect(body).toContain('shop, ten minutes from –');
  expect(body).toContain(`at=${START}`);
  expect(body).not.toContain('1970');
});
