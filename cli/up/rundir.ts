import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './processes.ts';

/** The files of one run on this machine: what a cluster keeps in ConfigMaps, Secrets and pod logs. */
export interface RunDirectory {
  readonly logFile: string;
  /** Where Prometheus finds what to scrape; whoever serves metrics writes it. */
  readonly metricsFile: string;
  /** Writes a JSON document; @returns its path. */
  config(name: string, data: unknown): string;
  /** Writes a secret only its owner may read; @returns its path. */
  secret(name: string, value: string): string;
}

const RUNS = join(repositoryRoot, '.sluice', 'runs');

/**
 * Makes `.sluice/runs/PID` for this process. Those of runs that have ended are removed: a log stays until the next
 * run, and a run beside this one keeps its files, among them passwords that it reads at each connection.
 */
export function makeRunDirectory(runs = RUNS): RunDirectory {
  const directory = join(runs, String(process.pid));
  mkdirSync(runs, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(runs))
    if (name === String(process.pid) || !runsStill(Number(name)))
      rmSync(join(runs, name), { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    logFile: write('run.log', ''),
    metricsFile: join(directory, 'metrics.json'),
    config: (name, data) => write(`${name}.json`, `${JSON.stringify(data, null, 2)}\n`),
    secret: (name, value) => write(`${name}.secret`, value),
  };
}

function runsStill(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A random password of 32 characters, safe in a URL. */
export const newPassword = (): string => randomBytes(24).toString('base64url');
