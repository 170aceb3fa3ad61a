import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Kept from run to run: what is compiled of a source that has changed takes the place of what was. */
const COMPILED = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'compiled');

/** One temporary directory for everything that a run's tests write, gone with the run. */
export function setup(): (() => void) | undefined {
  if (process.env.SLUICE_SCRATCH !== undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  process.env.SLUICE_SCRATCH = directory;
  process.env.TMPDIR = directory;
  // Hundreds of processes load the same sources.
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
  return () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
