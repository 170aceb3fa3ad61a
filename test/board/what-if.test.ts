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
  expect(await page.locator('.fault > span').allTextContents()).toEqual([
    'This must be at least 1.',
    'This must be a whole number.',
  ]);
  await close();
});

/** What a visitor sees of both policies: the rows, the values of the chart, and the line. */
const answerOf = (page: Visit['page']) =>
  page.locator('.answer').evaluate((root) => ({
    cells: [...root.querySelectorAll('td')].map(({ textContent }) => textContent),
    line: root.querySelector('[data-line]')?.textContent,
    chart: root.querySelector('figure')?.getAttribute('data-chart'),
  }));

it('answers while a number is dragged, draws both policies again, and says the line to paste', async () => {
  const one = await open({});
  const { page } = one;
  await page.locator('.region-what-if .uplot').waitFor();
  const before = await answerOf(page);
  expect(before.line).toBe(
    'policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } }),',
  );
  const picture = await page.locator('.region-what-if canvas').screenshot();
  const slider = page.getByRole('slider', { name: 'Start at ready messages' });
  await slider.scrollIntoViewIfNeeded();
  const box = (await slider.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const y = box.y + box.height / 2;
  // 100 of 400 is where it stands.
  await page.mouse.move(box.x + box.width / 4, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 8, y);
  const field = page.getByRole('textbox', { name: 'Start at ready messages' });
  const dragged = Number(await field.inputValue());
  expect(dragged).toBeLessThan(100);
  // The button is still held: nothing waits for the end.
  await expect.poll(async () => (await answerOf(page)).line).toContain(`readyAtLeast: ${dragged},`);
  await page.mouse.move(box.x, y);
  await page.mouse.up();
  await expect.poll(() => new URL(page.url()).searchParams.get('readyAtLeast')).toBe('1');
  await expect.poll(async () => (await answerOf(page)).line).toContain('readyAtLeast: 1,');
  expect((await answerOf(page)).cells).not.toEqual(before.cells);
  expect((await page.locator('.region-what-if canvas').screenshot()).equals(picture)).toBe(false);
  expect(await page.locator('[data-said]').textContent()).toMatch(
    /^Wait, 99 of 100 jobs \(p99\): Today .+, Changed /,
  );
  expect(await violationsOf(one)).toEqual([]);
  expect(one.complaints).toEqual([]);
  await one.close();
});

it('is moved by the keyboard, keeps the numbers in the address and goes back to those of today', async () => {
  const one = await open({ language: 'de' });
  const { page } = one;
  await page.locator('.region-what-if .uplot').waitFor();
  const slider = page.getByRole('slider', { name: 'Repliken', exact: true });
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await answerOf(page)).line).toContain('replicas: 27,');
  await expect.poll(() => new URL(page.url()).searchParams.get('replicas')).toBe('27');
  expect(await page.locator('form.settings input[name="replicas"]').getAttribute('value')).toBe('27');
  await page.getByLabel('Mindestens Repliken').first().fill('28');
  await page.getByText('Das darf höchstens 27 („Repliken“) sein.').waitFor();
  expect(await page.locator('.answer').isHidden()).toBe(true);
  expect(await violationsOf(one)).toEqual([]);
  await page.getByText('Zurück zur heutigen Regel').click();
  await expect.poll(async () => (await answerOf(page)).line).toContain('replicas: 25,');
  expect(new URL(page.url()).search).toBe('');
  expect(one.complaints).toEqual([]);
  await one.close();
});

it('shows the same as the server answers to the same numbers', async () => {
  const query = '?readyAtLeast=7&replicas=3&jobSeconds=12&startSeconds=4';
  const server = await open({ scripts: false }, query);
  const told = await answerOf(server.page);
  await server.close();
  const one = await open({}, query);
  await one.page.locator('form.is-live').waitFor();
  // Both are of the readings of a moment: the next one may change a value.
  await expect
    .poll(async () => {
      const asked = await (await fetch(one.page.url())).text();
      const cells = [...asked.matchAll(/<td class="number">([^<]*)<\/td>/g)].map(([, text]) => text);
      await one.page.reload({ waitUntil: 'load' });
      await one.page.locator('form.is-live').waitFor();
      return (await answerOf(one.page)).cells.slice(0, 10).every((cell) => cells.includes(cell ?? ''));
    })
    .toBe(true);
  expect((await answerOf(one.page)).line).toBe(told.line);
  await one.close();
});

it('takes less than 100 KB with the simulator', async () => {
  const one = await visit(browser, 'about:blank');
  let bytes = 0;
  const session = await one.context.newCDPSession(one.page);
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: true,
  });
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const sent = new Map<string, number>();
  one.page.on('response', async (response) => {
    const length = Number((await response.allHeaders())['content-length'] ?? 0);
    sent.set(new URL(response.url()).pathname, length);
  });
  await one.page.goto(new URL('queues/jobs', served.url).href, { waitUntil: 'load' });
  await one.page.locator('form.is-live').waitFor();
  const simulator = [...sent].find(([path]) => path.endsWith('simulator.js'))?.[1] ?? Number.NaN;
  process.stdout.write(
    `the page of a queue: ${bytes} bytes, of them or beside them the simulator: ${simulator}\n`,
  );
  expect(simulator).toBeGreaterThan(10_000);
  expect(bytes + simulator).toBeLessThan(100_000);
  await one.close();
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
      } else expect(await one.page.locator('.fault > span').count()).toBe(2);
      expect(await violationsOf(one)).toEqual([]);
      expect(await overflowOf(one)).toBe(0);
      expect(one.complaints).toEqual([]);
      await one.close();
    }
  },
);
