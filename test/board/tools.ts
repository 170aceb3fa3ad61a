import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Brings Debian's Chromium where it is missing. @throws Error where it cannot */
export function setup(): void {
  const bootstrap = join(import.meta.dirname, '..', '..', 'scripts', 'bootstrap.mjs');
  const { status } = spawnSync(process.execPath, [bootstrap, 'chromium'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the browser could not be installed: see the lines of bootstrap above');
}
