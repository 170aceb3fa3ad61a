import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One temporary directory for everything that a run's tests write, gone with the run. */
export function setup(): (() => void) | undefined {
  if (process.env.SLUICE_SCRATCH !== undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  process.env.SLUICE_SCRATCH = directory;
  process.env.TMPDIR = directory;
  // Hundreds of processes load the same sources.
  process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled');
  return () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
