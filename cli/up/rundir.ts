import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './processes.ts';

/** The files of one run on this machine: what a cluster keeps in ConfigMaps, Secrets and pod logs. */
export interface RunDirectory {
  readonly logFile: string;
  /** Writes a JSON document; @returns its path. */
  config(name: string, data: unknown): string;
  /** Writes a secret only its owner may read; @returns its path. */
  secret(name: string, value: string): string;
}

/** Empties and makes `.sluice/run`: the last run's log stays until the next one. */
export function makeRunDirectory(): RunDirectory {
  const directory = join(repositoryRoot, '.sluice', 'run');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    logFile: write('run.log', ''),
    config: (name, data) => write(`${name}.json`, `${JSON.stringify(data, null, 2)}\n`),
    secret: (name, value) => write(`${name}.secret`, value),
  };
}

export const newPassword = (): string => randomBytes(24).toString('base64url');
