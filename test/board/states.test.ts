import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Look, openBrowser, overflowOf, picture, type Visit, violationsOf, visit } from './browser.ts';
import { type Served, startBoard, startMetrics } from './system.ts';

let browser: Browser;
const opened: (() => Promise<void>)[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(() => browser?.close());

async function board(env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const started = await startBoard(env);
  opened.push(started.stop);
  return started;
}

async function scaler() {
  const metrics = await startMetrics();
  opened.push(metrics.stop);
  return metrics;
}

async function open(url: string, look: Look = {}): Promise<Visit> {
  const one = await visit(browser, url, look);
  opened.push(one.close);
  return one;
}

const LOOKS: readonly Look[] = [
  { theme: 'light', language: 'en' },
  { theme: 'dark', language: 'de', width: 360 },
];

/** Both looks of a state are sound; the first one is kept. */
async function isSound(url: string, name: string, text: RegExp, more: Look = {}): Promise<void> {
  for (const look of LOOKS) {
    const one = await open(url, { ...look, ...more });
    if (look.language === 'en') {
      await one.page.getByText(text).first().waitFor();
      await picture(one, name);
    }
    expect(await violationsOf(one)).toEqual([]);
    expect(await overflowOf(one)).toBe(0);
    expect(one.complaints).toEqual([]);
  }
}

describe('a state that says what to do', () => {
  it('is that nothing has answered yet, and then that nothing can be reached', async () => {
    const { url } = await board();
    await isSound(url, 'state-loading', /This page fills by itself/);
    const { page } = await open(url);
    await page.getByText('Check that it runs, and that SCALER_URL').waitFor();
    await isSound(url, 'state-failed', /Check that it runs, and that SCALER_URL/);
  });

  it('is that there is no workload', async () => {
    const { env } = await scaler();
    const { url } = await board(env);
    const { page } = await open(url);
    await page.getByText('Add a worker').waitFor();
    await isSound(url, 'state-empty', /Add a worker/);
  });

  it('is that the scaler does not answer any more, beside what is known of it', async () => {
    const metrics = await startMetrics();
    const { url } = await board(metrics.env);
    metrics.decide('jobs', 40, 'opening to 3 replicas');
    const { page } = await open(url);
    await page.getByRole('link', { name: 'jobs' }).first().waitFor();
    await metrics.stop();
    await page.locator('.banner').getByText('The scaler does not answer').waitFor();
    expect(await page.locator('.card').count()).toBe(1);
    await isSound(url, 'state-stale', /What you see is from/);
    await isSound(`${url}queues/jobs`, 'state-stale-queue', /What you see is from/);
  });

  it('is that the board itself is gone', async () => {
    const { env, decide } = await scaler();
    const { url, stop } = await board(env);
    decide('jobs', 40, 'opening to 3 replicas');
    const one = await open(url);
    await one.page.locator('html.connected').waitFor();
    await stop();
    await one.page.getByText('The connection to the board is lost').waitFor();
    await picture(one, 'state-lost');
    expect(await violationsOf(one)).toEqual([]);
  });

  it('is that there is no such page', async () => {
    const { url } = await board();
    await isSound(`${url}queues/none`, 'state-not-found', /There is no such page/);
  });

  it('is that nobody is signed in; with the header of the ingress the page is there', async () => {
    const { env } = await scaler();
    const { url } = await board({ ...env, AUTH: 'header' });
    await isSound(url, 'state-not-signed-in', /You are not signed in/);
    const { page } = await open(url, { headers: { 'x-auth-request-user': 'ada@example.com' } });
    await page.getByText('Add a worker').waitFor();
  });
});
