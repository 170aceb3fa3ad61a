import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figures.ts';
import { median, round } from './figures.ts';

const RUNS = 5;
const ENVIRONMENTS = 100;
const MAX_SECONDS = 4;
const MAX_MB = 300;
const MAX_SYNTH_SECONDS = 6;
const ROOT = join(import.meta.dirname, '..', '..');

/** 100 environments, each with all objects of `local`: one number of the scaler changes in each of them. */
export async function diffOfManyEnvironments(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-diff-'));
  try {
    const objects = repositoryIn(folder);
    const runs = Array.from({ length: RUNS }, () => measured('diff-child.ts', folder));
    const synths = Array.from({ length: RUNS }, () => measured('synth-child.ts', String(ENVIRONMENTS)));
    const [seconds, megabytes] = [median(runs.map(({ s }) => s)), Math.max(...runs.map(({ mb }) => mb))];
    const synth = median(synths.map(({ s }) => s));
    const of = `${ENVIRONMENTS} environments, ${objects} objects`;
    return [
      figure('diff-time', seconds, 's', MAX_SECONDS, of),
      figure('diff-memory', megabytes, 'MB', MAX_MB, of),
      figure('diff-lines', Math.max(...runs.map(({ lines }) => lines)), 'lines', 60, of),
      figure('synth-time-100', synth, 's', MAX_SYNTH_SECONDS, of),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const figure = (bench: string, value: number, unit: string, most: number, of: string): Figure => ({
  bench,
  value: round(value),
  unit,
  target: `< ${most} ${unit} (${of})`,
  ok: value < most,
});

/** @returns how many objects one side has */
function repositoryIn(folder: string): number {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  git('init', '-q', '-b', 'main');
  const names = Array.from({ length: ENVIRONMENTS }, (_, index) => `env-${String(index).padStart(3, '0')}`);
  mkdirSync(join(folder, 'dist'));
  for (const name of names) cpSync(join(ROOT, 'dist/local'), join(folder, 'dist', name), { recursive: true });
  git('add', '-A');
  git('commit', '-q', '-m', 'base');
  const scaler = execFileSync('git', ['show', 'HEAD:dist/env-000/scaler/configmap-scaler.scaler.yaml'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const changed = scaler.replace(/"pollSeconds": \d+/, '"pollSeconds": 7');
  if (changed === scaler) throw new Error('the scaler has no pollSeconds to change');
  for (const name of names)
    writeFileSync(join(folder, 'dist', name, 'scaler/configmap-scaler.scaler.yaml'), changed);
  git('commit', '-q', '-am', 'head');
  return git('ls-files').trim().split('\n').length;
}

interface Measured {
  readonly s: number;
  readonly mb: number;
  readonly lines: number;
}

/** A process from start to exit; it says its own peak of memory on standard error. */
function measured(child: string, argument: string): Measured {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, child), argument],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`${child} ended with ${status}: ${stderr}`);
  const s = (performance.now() - start) / 1000;
  return { s, mb: Number(/maxrss (\d+)/.exec(stderr)?.[1]) / 1024, lines: stdout.split('\n').length };
}
