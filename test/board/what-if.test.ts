import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latch, type ScalerConfig } from '@sluice/policy';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Look, openBrowser, overflowOf, picture, type Visit, violationsOf, visit } from './browser.ts';
import { type Served, startBoard, startMetrics } from './system.ts';

const config: ScalerConfig = {
  pollSeconds: 5,
  workloads: [
    {
      name: 'jobs',
      source: {
        ...{ kind: 'management', url: 'http://broker:15672', vhost: '/', queue: 'jobs' },
        ...{ username: 'scaler', passwordFile: '/password' },
      },
      target: { kind: 'deployment', namespace: 'consumer', name: 'consumer' },
      policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } }),
    },
  ],
};

let folder: string;
let browser: Browser;
let metrics: Awaited<ReturnType<typeof startMetrics>>;
let served: Served;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-board-what-if-'));
  const file = join(folder, 'scaler.json');
  writeFileSync(file, JSON.stringify(config));
  browser = await openBrowser();
  metrics = await startMetrics();
  metrics.decide('jobs', 40, 'opening to 3 replicas');
  const repository = { REPOSITORY_URL: 'https://github.com/sluice/sluice', REPOSITORY_BRANCH: 'main' };
  served = await startBoard({ ...metrics.env, ...repository, SCALER_CONFIG_FILE: file });
  // A minute of readings is what can be replayed.
  await vi.waitFor(
    async () => expect(await (await fetch(`${served.url}queues/jobs`)).text()).toContain('that arrived from'),
    { timeout: 200_000, interval: 2000 },
  );
});
afterAll(async () => {
  await served?.stop();
  await metrics?.stop();
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (look: Look, query = ''): Promise<Visit> =>
  visit(browser, new URL(`queues/jobs${query}`, served.url).href, look);

it('without a script: answers changed numbers, and names every one that does not fit', async () => {
  const { page, close } = await open({ scripts: false });
  await page.getByLabel('Start at ready messages').fill('20');
  await page.getByRole('textbox', { name: 'Replicas', exact: true }).fill('50');
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.waitForURL('**readyAtLeast=20**');
  expect(await page.locator('.region-what-if tbody tr').first().textContent()).toContain('Wait, half');
  expect(await page.locator('.paste code').first().textContent()).toBe(
    'policy: latch({ replicas: 50, startWhen: { readyAtLeast: 20, oldestWaitSeconds: 60 } }),',
  );
  expect(await page.getByText('Open the file for editing').getAttribute('href')).toBe(
    'https://github.com/sluice/sluice/edit/main/apps/workloads/consumer.ts',
  );
  await page.getByRole('textbox', { name: 'Replicas', exact: true }).fill('0');
  await page.getByLabel('Minimum of replicas').fill('2.5');
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.waitForURL('**replicas=0**');
  expect(await page.locator('.fault').allTextContents()).toEqual([
    'This must be at least 1.',
    'This must be a whole number.',
  ]);
  await close();
});

const LOOKS: Readonly<Record<string, Look>> = {
  'what-if': { theme: 'light' },
  'what-if-dark-de': { theme: 'dark', language: 'de' },
  'what-if-phone-ko': { theme: 'light', language: 'ko', width: 360 },
};
it.each(Object.entries(LOOKS))(
  'shuts nobody out and fits its window, answered and refused: %s',
  async (name, look) => {
    for (const query of ['?readyAtLeast=20&replicas=50', '?replicas=0&minReplicas=x']) {
      const one = await open(look, query);
      if (query.includes('readyAtLeast')) {
        await one.page.locator('.region-what-if .uplot').waitFor();
        await picture(one, name);
      } else expect(await one.page.locator('.fault').count()).toBe(2);
      expect(await violationsOf(one)).toEqual([]);
      expect(await overflowOf(one)).toBe(0);
      expect(one.complaints).toEqual([]);
      await one.close();
    }
  },
);
