/** The tools of the suites, built beside other work, in the order of the suites. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Suite } from '../test/suites.ts';
import { type Step, secondsSince } from './step.ts';

/** With nothing cached; a warm cache takes a second. */
const BUDGET = 1500;

/** Programs that are built beside other steps. */
export interface Building {
  /** Waits for the tools of these suites; what was said while building is shown where it failed. */
  ready(suites: readonly Suite[]): Promise<Step>;
  /** Ends what is still built. Safe to call twice. */
  stop(): void;
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has just ended.
  }
}

/** @param program that prints `ready NAME` and `failed NAME`, as test/tools.ts does */
export function startBuilding(command: readonly string[], suites: readonly Suite[]): Building {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ci-tools-'));
  const log = join(folder, 'log');
  const [file = '', ...args] = command;
  // A group of its own: its compilers end with it.
  const stdio = ['ignore', 'pipe', openSync(log, 'w')] as const;
  const child = spawn(file, [...args, ...suites.map(({ name }) => name)], {
    ...{ stdio: [...stdio], detached: true },
  });
  const outcomes = new Map(suites.map(({ name }) => [name, Promise.withResolvers<boolean>()] as const));
  if (child.stdout !== null)
    createInterface(child.stdout).on('line', (line) => {
      const [word, name = ''] = line.split(' ');
      outcomes.get(name)?.resolve(word === 'ready');
    });
  const end = (): void => {
    for (const { resolve } of outcomes.values()) resolve(false);
  };
  child.on('error', end).on('close', end);
  return {
    ready: async (wanted) => {
      const began = performance.now();
      const all = await Promise.all(wanted.map(({ name }) => outcomes.get(name)?.promise ?? false));
      const failed = wanted.filter((_, index) => !all[index]).map(({ name }) => name);
      if (failed.length > 0 && existsSync(log)) process.stdout.write(readFileSync(log, 'utf8'));
      return stepOf(wanted, failed, secondsSince(began));
    },
    stop: () => {
      killGroup(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param seconds that were waited for them beside what ran meanwhile */
function stepOf(wanted: readonly Suite[], failed: readonly string[], seconds: number): Step {
  return {
    name: `tools of ${wanted.map(({ name }) => name).join(', ')}, beyond the steps before`,
    ...{ seconds, budgetSeconds: BUDGET },
    count: { passed: wanted.length - failed.length, failed: failed.length, skipped: 0 },
    failures: failed.map((name) => `tools of ${name}`),
    ...{ flaky: [], files: [] },
  };
}
