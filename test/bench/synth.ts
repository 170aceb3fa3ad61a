import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Figure } from './figures.ts';
import { median, round } from './figures.ts';

const RUNS = 10;
const MAX_SECONDS = 2;

/** The whole process, from start to exit, as `npm run synth` runs it. */
export async function synthTime(): Promise<Figure[]> {
  const main = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
  const seconds = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    execFileSync(process.execPath, [main, 'synth'], { stdio: 'ignore' });
    return (performance.now() - start) / 1000;
  });
  const value = round(median(seconds));
  return [{ bench: 'synth-time', value, unit: 's', target: `< ${MAX_SECONDS} s`, ok: value < MAX_SECONDS }];
}
