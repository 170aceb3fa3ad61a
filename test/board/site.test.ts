import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Look, openBrowser, overflowOf, picture, type Visit, violationsOf, visit } from './browser.ts';
import { PAYLOADS } from './payloads.ts';
import { type Site, startSite } from './site.ts';
import { type Served, startBoard, startMetrics } from './system.ts';

const HOSTILE = `cannot reach "></code><script>window.pwned=1</script><img src=x onerror=window.pwned=1>`;

let browser: Browser;
let site: Site;
let metrics: Awaited<ReturnType<typeof startMetrics>>;
let served: Served;
const opened: Visit[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  // Pictures for people show a usual error.
  site = await startSite(process.env.SCREENSHOTS === undefined ? HOSTILE : undefined);
  metrics = await startMetrics();
  metrics.decide('jobs', 40, 'opening to 3 replicas');
  served = await startBoard({ ...metrics.env, ...site.env });
});
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});
afterAll(async () => {
  await served?.stop();
  await metrics?.stop();
  await site?.stop();
  await browser?.close();
});

async function open(path: string, look: Look = {}): Promise<Visit> {
  const one = await visit(browser, new URL(path, served.url).href, look);
  opened.push(one);
  return one;
}

const PAGES = {
  'overview-alerts': ['', /DrainBeyondObjective/],
  'cluster-info': ['cluster-info', /1 node is not ready/],
  'cluster-difference': ['cluster-info?from=FIRST', /Differences/],
  infra: ['infra', /2 alerts fire/],
  logs: ['logs', /1 error is new since yesterday/],
  'logs-live': ['logs/live?ns=consumer', /job processed in/],
  releases: ['releases', /1 object is not live/],
} as const;

const LOOKS: readonly Look[] = [
  { theme: 'light' },
  { theme: 'dark', language: 'de' },
  { theme: 'light', language: 'ko', width: 360 },
];
const pathOf = (path: string): string => path.replace('FIRST', String(site.snapshots.at(-1)));

describe.each(Object.entries(PAGES))('the page %s', (name, [path, text]) => {
  it('shows what its sources have, hostile lines and names as text', async () => {
    const one = await open(pathOf(path));
    await expect
      .poll(async () => {
        await one.page.reload({ waitUntil: 'load' });
        return one.page.locator('main').textContent();
      })
      .toMatch(text);
    await picture(one, name);
    expect(await one.page.evaluate('window.pwned')).toBeUndefined();
    expect(one.complaints).toEqual([]);
  });

  it.each(LOOKS)('shuts nobody out and fits its window: %j', async (look) => {
    const one = await open(pathOf(path), look);
    if (look.theme === 'dark') await picture(one, `${name}-dark-de`);
    expect(await violationsOf(one)).toEqual([]);
    expect(await overflowOf(one)).toBe(0);
    expect(one.complaints).toEqual([]);
  });

  it('says as much without a script, in a document of less than 40 KB', async () => {
    const one = await open(pathOf(path), { scripts: false });
    expect(await one.page.locator('main').textContent()).toMatch(text);
    const { headers } = await fetch(new URL(pathOf(path), served.url));
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(Number(headers.get('content-length'))).toBeLessThan(40_000);
  });
});

it('leads from an error to the window that saw it: sample, pods and events', async () => {
  const { page } = await open('logs');
  await page.locator('#errors-title').waitFor();
  await page.locator('.region-errors a').first().click();
  await page.getByText('Events of these pods').waitFor();
  expect(await page.locator('.region-report').textContent()).toContain('cannot reach');
  expect(await page.evaluate('window.pwned')).toBeUndefined();
});

it('follows new lines of the log store without being loaded again, and finds them by a text', async () => {
  const { page } = await open('logs/live?q=freshly');
  await page.getByText('No line of the last hour matches').waitFor();
  await site.logs.write([{ namespace: 'consumer', at: Date.now(), message: 'a line FRESHLY written (.*' }]);
  await page.getByText('a line FRESHLY written (.*').waitFor();
});

it('takes no query of a visitor to Prometheus: an unknown span is the usual one', async () => {
  const { page } = await open(`infra?range=${encodeURIComponent('1h"}) or vector(1)')}`);
  expect(await page.locator('[aria-current="true"]').getAttribute('id')).toBe('range-6h');
});

it('searches and filters what the cluster has', async () => {
  const { page } = await open('cluster-info');
  await page.getByLabel('Search by name').fill('MONITOR');
  await page.getByLabel('Only what is not well').check();
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL('**only=troubled**');
  expect(await page.locator('.region-cluster-workloads tbody tr').count()).toBe(1);
  expect(await page.locator('.region-pods tbody tr').count()).toBe(2);
});

it.each(['cluster-info', 'infra', 'logs', 'logs/live'])(
  'takes parameters of any content on /%s as text',
  async (path) => {
    const { page } = await open(path);
    for (const payload of PAYLOADS) {
      const names = ['at', 'from', 'ns', 'only', 'q', 'range', 'level', 'lang', 'theme', 'tz'];
      const query = new URLSearchParams(names.map((name): [string, string] => [name, payload]));
      const answer = await page.goto(new URL(`${path}?${query}`, served.url).href, { waitUntil: 'load' });
      expect([payload, answer?.status()]).toEqual([payload, 200]);
      expect(await page.evaluate('window.pwned')).toBeUndefined();
    }
  },
);

it('reports no breach of its policy, whatever has been shown', async () => {
  const exposition = await (await fetch(`${served.url}metrics`)).text();
  expect(/^sluice_board_csp_reports_total\{[^}]*\} (\d+)$/m.exec(exposition)?.[1] ?? '0').toBe('0');
});

describe('a source that does not answer', () => {
  const GONE = 'http://127.0.0.1:9';
  const STATES = {
    'cluster-info': [/The snapshots cannot be read/, /The board reads no snapshots/],
    releases: [/The snapshots cannot be read/, /The board reads no snapshots/],
    infra: [/Prometheus does not answer/, /The board reads no Prometheus/],
    logs: [/The reports cannot be read/, /The board reads no error reports/],
    'logs/live': [/The log store does not answer/, /The board reads no log store/],
  } as const;

  it.each(Object.entries(STATES))(
    'is named on /%s with what to do, as one that is not configured',
    async (path, texts) => {
      const env = {
        ...{ SNAPSHOT_DIR: '/nowhere', PROMETHEUS_URL: GONE, LOG_STORE_URL: GONE, S3_ENDPOINT: GONE },
        ...{ REPORT_BUCKET: 'none', ...site.logs.s3.credentials },
      };
      for (const [index, text] of texts.entries()) {
        const other = await startBoard({ ...metrics.env, ...(index === 0 && env) });
        for (const look of LOOKS.slice(0, 2)) {
          const one = await visit(browser, new URL(path, other.url).href, look);
          if (look.theme === 'light')
            await expect
              .poll(async () => {
                await one.page.reload({ waitUntil: 'load' });
                return one.page.locator('main').textContent();
              })
              .toMatch(text);
          expect(await violationsOf(one)).toEqual([]);
          expect(await overflowOf(one)).toBe(0);
          await one.close();
        }
        await other.stop();
      }
    },
  );
});
