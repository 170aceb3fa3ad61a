import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshVhost, type Vhost } from '../support/vhost.ts';
import { type Look, openBrowser, overflowOf, picture, type Visit, violationsOf, visit } from './browser.ts';
import { type Served, startSystem } from './system.ts';

let browser: Browser;
let vhost: Vhost;
let system: Served;
const opened: Visit[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  vhost = await freshVhost(inject('broker'));
  const env = { AMQP_URL: vhost.amqpUrl, MANAGEMENT_URL: vhost.broker.managementUrl };
  // Work until it is stopped: 400 jobs of 6 s for 25 consumers, every two minutes.
  system = await startSystem(['--jobs', '400', '--work', '6s', '--every', '2m'], env);
  const { page, close } = await visit(browser, `${system.url}queues/jobs`);
  await page.getByText('Mark reached').first().waitFor({ timeout: 200_000 });
  // A history that a chart can show.
  await page.locator('figure[data-chart] .uplot').nth(3).waitFor({ timeout: 200_000 });
  await close();
});

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

afterAll(async () => {
  await system?.stop();
  await vhost?.remove();
  await browser?.close();
});

async function open(path: string, look: Look = {}): Promise<Visit> {
  const one = await visit(browser, new URL(path, system.url).href, look);
  opened.push(one);
  return one;
}

const LOOKS: readonly (readonly [string, string, Look])[] = [
  ['overview', '', { theme: 'light' }],
  ['overview-dark-de', '', { theme: 'dark', language: 'de' }],
  ['overview-phone-ko', '', { theme: 'light', language: 'ko', width: 360 }],
  ['queue', 'queues/jobs', { theme: 'light' }],
  ['queue-dark-de', 'queues/jobs', { theme: 'dark', language: 'de' }],
  ['queue-phone-fr', 'queues/jobs', { theme: 'dark', language: 'fr', width: 360 }],
];

describe('a page of a run', () => {
  it.each(LOOKS)('shuts nobody out, fits its window and breaks no policy: %s', async (name, path, look) => {
    const one = await open(path, look);
    await one.page.locator('html.connected').waitFor();
    await picture(one, name);
    expect(await violationsOf(one)).toEqual([]);
    expect(await overflowOf(one)).toBe(0);
    expect(one.complaints).toEqual([]);
  });

  it('follows the run without being loaded again', async () => {
    const { page } = await open('');
    const asOf = page.locator('.as-of');
    const first = await asOf.textContent();
    await page.evaluate('window.stays = true');
    await expect.poll(() => asOf.textContent()).not.toBe(first);
    expect(await page.evaluate('window.stays')).toBe(true);
  });

  it('keeps an open table open and the focus where it is, while its values change', async () => {
    const { page } = await open('queues/jobs');
    const summary = page.locator('#backlog-table summary');
    await summary.click();
    const newest = page.locator('#backlog-table tbody th').first();
    const before = await newest.textContent();
    await page.locator('#nav-queue-jobs').focus();
    await expect.poll(() => newest.textContent()).not.toBe(before);
    expect(await page.evaluate('document.activeElement.id')).toBe('nav-queue-jobs');
    expect(await page.locator('#backlog-table').getAttribute('open')).toBe('');
  });

  it('is the same without a script: figures, pictures and tables', async () => {
    const one = await open('queues/jobs', { scripts: false });
    const { page } = one;
    expect(await page.locator('figure .picture svg').count()).toBe(4);
    await page.locator('#replicas-table summary').click();
    expect(await page.locator('#replicas-table tbody tr').count()).toBeGreaterThan(1);
    expect(await page.getByRole('link', { name: 'Refresh' }).isVisible()).toBe(true);
    await page.getByLabel('Language').selectOption('tr');
    await page.getByLabel('Theme').selectOption('dark');
    await page.getByRole('button', { name: 'Apply' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('tr');
    await picture(one, 'queue-without-scripts-tr');
  });

  it('is reached by keyboard alone, from the first key on', async () => {
    const { page } = await open('');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/queues/jobs');
  });

  it.each(['', 'queues/jobs'])('"/%s" takes less than 100 KB, all of it together', async (path) => {
    const one = await open('about:blank');
    let bytes = 0;
    const session = await one.context.newCDPSession(one.page);
    await session.send('Network.enable');
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await one.page.goto(new URL(path, system.url).href, { waitUntil: 'load' });
    process.stdout.write(`"/${path}": ${bytes} bytes\n`);
    expect(bytes).toBeGreaterThan(5000);
    expect(bytes).toBeLessThan(100_000);
  });

  it('can be used soon: the median of twenty loads', async () => {
    const { page } = await open('');
    const times: number[] = [];
    for (let load = 0; load < 20; load += 1) {
      await page.reload({ waitUntil: 'load' });
      times.push(Number(await page.evaluate('performance.getEntriesByType("navigation")[0].domInteractive')));
    }
    const median = times.sort((a, b) => a - b)[10] ?? Number.NaN;
    process.stdout.write(`interactive after ${Math.round(median)} ms (median of 20)\n`);
    expect(median).toBeLessThan(300);
  });
});
