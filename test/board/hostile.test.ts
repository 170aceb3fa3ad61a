import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, visit } from './browser.ts';
import { PAYLOADS } from './payloads.ts';
import { type Served, startBoard, startMetrics } from './system.ts';

let browser: Browser;
let board: Served;
let metrics: Awaited<ReturnType<typeof startMetrics>>;

beforeAll(async () => {
  browser = await openBrowser();
  metrics = await startMetrics();
  board = await startBoard(metrics.env);
});

afterAll(async () => {
  await board?.stop();
  await metrics?.stop();
  await browser?.close();
});

/** As a page of the board is asked for it. */
const paths = (names: readonly string[]) => [
  '',
  ...names.map((name) => `queues/${encodeURIComponent(name)}`),
];

it('shows names and sentences of any content as text: nothing runs, and no browser reports a breach', async () => {
  const noise = fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 20, seed: 7 });
  const names = [...PAYLOADS, ...noise].filter((name) => name !== '');
  for (const [index, name] of names.entries())
    metrics.decide(name, index, `${name} ${PAYLOADS[index % PAYLOADS.length]}`);
  for (const line of [...PAYLOADS, '{"msg":"decision"', '{"msg":"decision","workload":{"a":1}}'])
    metrics.say(line);
  const one = await visit(browser, board.url);
  await one.page
    .locator('.card')
    .nth(names.length - 1)
    .waitFor();
  for (const path of paths(names)) {
    await one.page.goto(new URL(path, board.url).href, { waitUntil: 'load' });
    expect(await one.page.evaluate('window.pwned')).toBeUndefined();
    expect([path, await one.page.locator('main').count()]).toEqual([path, 1]);
  }
  for (const payload of PAYLOADS) {
    const query = new URLSearchParams({ lang: payload, theme: payload, tz: payload, page: payload });
    await one.page.goto(`${board.url}?${query}`, { waitUntil: 'load' });
    expect(await one.page.evaluate('window.pwned')).toBeUndefined();
  }
  expect(one.complaints.filter((text) => /Content Security Policy|Trusted/.test(text))).toEqual([]);
  expect(await reports()).toBe('0');
  await one.close();
});

it('notices it when a page does what it must not: the counter is not blind', async () => {
  const one = await visit(browser, board.url);
  await one.page.evaluate(
    "document.body.append(Object.assign(document.createElement('img'), { src: 'https://evil.example/x.png' }))",
  );
  await expect.poll(reports).toBe('1');
  await one.close();
});

it('is no frame of another site', async () => {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(`<iframe src="${board.url}"></iframe>`),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const one = await visit(browser, `http://127.0.0.1:${port}/`);
  const frame = one.page.frames()[1];
  expect(await frame?.locator('main').count()).toBe(0);
  await one.close();
  server.close();
  server.closeAllConnections();
});

async function reports(): Promise<string | undefined> {
  const exposition = await (await fetch(`${board.url}metrics`)).text();
  return /^sluice_board_csp_reports_total\{[^}]*\} (\d+)$/m.exec(exposition)?.[1] ?? '0';
}
