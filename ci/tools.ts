/** The tools of the suites, built beside other work. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from '../test/suites.ts';
import { type Step, secondsSince } from './step.ts';

/** With nothing cached; a warm cache takes a second. */
const BUDGET = 1500;

export interface Building {
  /** Waits for the end; what was said while building is shown where it failed. */
  finish(): Promise<Step>;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns what takes that back */
function killWithUs({ pid }: ChildProcess): () => void {
  if (pid === undefined) return () => {};
  const onSignal = (signal: NodeJS.Signals) => {
    process.kill(-pid, signal);
    process.exit(SIGNALS[signal as keyof typeof SIGNALS]);
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, onSignal);
  return () => {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
  };
}

const program = (root: string): string => join(root, 'test', 'tools.ts');

export function startBuilding(root: string, suites: readonly Suite[]): Building {
  const names = suites.map(({ name }) => name);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ci-tools-'));
  const log = join(folder, 'log');
  const output = openSync(log, 'w');
  // A group of its own: its compilers end with it.
  const child = spawn(process.execPath, [program(root), ...names], {
    stdio: ['ignore', output, output],
    detached: true,
  });
  const ended = new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
  const forget = killWithUs(child);
  return {
    finish: async () => {
      const began = performance.now();
      const ok = await ended;
      forget();
      if (!ok) process.stdout.write(readFileSync(log, 'utf8'));
      rmSync(folder, { recursive: true, force: true });
      const name = `tools of ${names.join(', ')}, beyond 'npm test'`;
      return {
        name,
        seconds: secondsSince(began),
        budgetSeconds: BUDGET,
        count: { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 },
        failures: ok ? [] : [name],
        ...{ flaky: [], files: [] },
      };
    },
  };
}
