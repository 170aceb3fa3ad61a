import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from '../test/support/authority.ts';
import { reloadScript } from './broker.ts';

let directory: string;
let children: ChildProcess[];
/** A name of its own: the script finds a process by its name. */
const NAME = `slbrk${process.pid}`.slice(0, 15);
/** It waits without a child: one that is forked has the name of its parent until it has become another program. */
const BROKER = 'trap "echo reloaded" HUP; echo up; while :; do read -r _; done';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-reload-'));
  children = [];
});
afterEach(async () => {
  for (const child of children.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  )) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
});

/** What it prints, as it grows. */
function start(command: string, args: readonly string[]): () => string {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  return () => text;
}

describe('the container beside a broker', () => {
  it('signals the broker once for each changed certificate, and for no other file', async () => {
    writeFileSync(join(directory, 'tls.crt'), 'first');
    // The name of a process is that of the file it is started by.
    symlinkSync('/bin/sh', join(directory, NAME));
    const heard = start(join(directory, NAME), ['-c', BROKER]);
    await expect.poll(heard).toContain('up');
    const told = start('/bin/sh', ['-c', reloadScript(NAME, directory, 0.05)]);
    const times = () => heard().split('reloaded').length - 1;
    await expect.poll(times).toBe(1);

    writeFileSync(join(directory, 'ca.crt'), 'another');
    replaceFile(join(directory, 'tls.crt'), 'second');
    await expect.poll(times).toBe(2);
    replaceFile(join(directory, 'tls.crt'), 'third');
    await expect.poll(times).toBe(3);
    await expect.poll(() => told().trim().split('\n')).toHaveLength(3);
  });

  it('continues where there is no broker and no certificate yet', async () => {
    // It has so long to begin to listen to signals.
    const told = start('/bin/sh', ['-c', reloadScript(NAME, directory, 0.5)]);
    await expect.poll(told).toContain('tls.crt');
    writeFileSync(join(directory, 'tls.crt'), 'first');
    symlinkSync('/bin/sh', join(directory, NAME));
    const heard = start(join(directory, NAME), ['-c', BROKER]);
    await expect.poll(heard).toContain('reloaded');
  });
});
