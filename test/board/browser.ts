import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = join(import.meta.dirname, '..', '..', 'docs', 'board');

/** How a visitor looks at a page. */
export interface Look {
  /** Primary tag of the browser's language. */
  readonly language?: string;
  readonly theme?: 'light' | 'dark';
  /** Pixels. */
  readonly width?: number;
  readonly scripts?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page, and everything that it said to its console or threw. */
export interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Debian's Chromium; without its sandbox where tests run as root. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });

/** Opens an address as a visitor does. */
export async function visit(browser: Browser, url: string, look: Look = {}): Promise<Visit> {
  const { language = 'en', theme = 'light', width = 1280, scripts = true, headers = {} } = look;
  const context = await browser.newContext({
    ...{ locale: language, colorScheme: theme, viewport: { width, height: 900 }, javaScriptEnabled: scripts },
    extraHTTPHeaders: { ...headers },
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (line) => {
    // A page that is refused or not found is an error to the console, and what the test asks for.
    if (['error', 'warning'].includes(line.type()) && !/status of 40[14]|ERR_/.test(line.text()))
      complaints.push(line.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.goto(url, { waitUntil: 'load' });
  return { page, complaints, context, close: () => context.close() };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What a page does that shuts people out, by every rule of axe, best practices among them. */
export async function violationsOf({ context, page }: Visit): Promise<string[]> {
  // By the debugger's protocol: the page itself would not run a foreign script.
  const session = await context.newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const expression =
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => JSON.stringify(result.violations))';
  const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true });
  await session.detach();
  const violations = JSON.parse(String(result.value)) as readonly Violation[];
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ''}`,
  );
}

/** Pixels that a page is wider than its window. */
export const overflowOf = ({ page }: Visit): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Keeps a picture in docs/board, where it is asked for: `SCREENSHOTS=1 npm run test:board`. */
export async function picture({ page }: Visit, name: string): Promise<void> {
  if (process.env.SCREENSHOTS === undefined) return;
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
