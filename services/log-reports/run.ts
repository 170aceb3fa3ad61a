import type { Logger } from '@sluice/runtime';
import { type Extraction, extractWindow, windowGivenUp, windowsToDo } from './extract.ts';

/** What a run has done. */
export interface RunResult {
  readonly complete: number;
  readonly failed: number;
  readonly lines: number;
}

/**
 * Completes every closed window that is not, the latest first: a report of now does not wait for what was missed. A
 * window that fails does not keep the others from being tried.
 * @param now Epoch milliseconds
 */
export async function runExtraction(
  extraction: Extraction,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
  now: number,
  signal: AbortSignal,
): Promise<RunResult> {
  const result = { complete: 0, failed: 0, lines: 0 };
  const givenUp = await windowGivenUp(extraction, now, signal);
  if (givenUp !== undefined) log.warn({ start: new Date(givenUp.start).toISOString() }, 'window given up');
  const due = await windowsToDo(extraction, now, signal);
  for (const window of due.toReversed()) {
    if (signal.aborted) break;
    const start = new Date(window.start).toISOString();
    try {
      const { namespaces } = await extractWindow(extraction, window, signal);
      const lines = Object.values(namespaces).reduce((sum, count) => sum + count, 0);
      log.info({ start, lines, namespaces: Object.keys(namespaces).length }, 'window complete');
      result.complete += 1;
      result.lines += lines;
    } catch (err) {
      log.error({ start, err }, 'window failed');
      result.failed += 1;
    }
  }
  return { ...result, failed: due.length - result.complete };
}
