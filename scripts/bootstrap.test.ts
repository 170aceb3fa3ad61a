import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

const VERSION = '1.0.0';
const INSTALLS = /^bootstrap: installing node modules/;

let clone: string;

/** Writes the manifest and the lock file of a project with one dependency. */
function lock(version: string): void {
  const node = { name: 'node', version, bin: { node: 'node.sh' } };
  const project = { name: 'clone', version: VERSION, dependencies: { node: 'file:node' } };
  const packages = {
    '': project,
    node: { version, bin: node.bin },
    'node_modules/node': { resolved: 'node', link: true },
    'node_modules/of-another-system': {
      ...{ version: VERSION, optional: true, os: ['none'] },
      resolved: 'http://127.0.0.1:1/of-another-system.tgz',
    },
  };
  const write = (path: string, content: object): void =>
    writeFileSync(join(clone, path), JSON.stringify(content));
  write('node/package.json', node);
  write('package.json', project);
  write('package-lock.json', { ...project, lockfileVersion: 3, requires: true, packages });
}

/** Runs a program there. @returns what it says on standard error */
function run(command: string, ...args: readonly string[]): string {
  const { status, stderr } = spawnSync(command, args, { cwd: clone, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stderr;
}

const npmCi = (): string => run('npm', 'ci', '--offline', '--no-audit', '--no-fund');
const bootstrap = (): string => run(process.execPath, 'scripts/bootstrap.mjs');

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'bootstrap-'));
  mkdirSync(join(clone, 'scripts'));
  mkdirSync(join(clone, 'node'));
  writeFileSync(join(clone, 'node', 'node.sh'), '#!/bin/sh\n', { mode: 0o755 });
  cpSync(join(import.meta.dirname, 'bootstrap.mjs'), join(clone, 'scripts', 'bootstrap.mjs'));
  lock(VERSION);
});

describe('the bootstrap of a clone', () => {
  it('installs the modules where there are none, and nothing the second time', () => {
    expect(bootstrap()).toMatch(INSTALLS);
    expect(bootstrap()).toBe('');
  });

  it('installs nothing after a plain npm ci', () => {
    npmCi();
    expect(bootstrap()).toBe('');
  });

  it('installs again where the lock file names another version', () => {
    npmCi();
    lock('1.1.0');
    expect(bootstrap()).toMatch(INSTALLS);
  });

  it('installs again where what npm wrote of it is cut off', () => {
    npmCi();
    writeFileSync(join(clone, 'node_modules', '.package-lock.json'), '{"name": "clone", "pack');
    expect(bootstrap()).toMatch(INSTALLS);
  });

  it('installs again where a module is there no more', () => {
    npmCi();
    rmSync(join(clone, 'node_modules', '.bin'), { recursive: true });
    expect(bootstrap()).toMatch(INSTALLS);
  });
});
