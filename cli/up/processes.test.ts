import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRunDirectory } from './processes.ts';

it('keeps the files of a run beside this one, and removes those of runs that have ended', () => {
  const runs = mkdtempSync(join(tmpdir(), 'sluice-runs-'));
  const ended = String(spawnSync('true').pid);
  for (const name of [ended, String(process.ppid)]) {
    mkdirSync(join(runs, name));
    writeFileSync(join(runs, name, 'admin.secret'), 'x');
  }
  const secret = makeRunDirectory(runs).secret('admin', 'mine');
  expect(readdirSync(runs).sort()).toEqual([String(process.pid), String(process.ppid)].sort());
  expect(existsSync(join(runs, String(process.ppid), 'admin.secret'))).toBe(true);
  expect(readFileSync(secret, 'utf8')).toBe('mine');
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  // A second run of the same process starts empty.
  makeRunDirectory(runs);
  expect(existsSync(secret)).toBe(false);
});
