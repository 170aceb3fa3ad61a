import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { freePorts, spawnOwned } from './index.ts';

const within = { timeout: 20_000, interval: 20 };
const directory = mkdtempSync(join(tmpdir(), 'sluice-owned-'));
const own = JSON.stringify(join(import.meta.dirname, 'index.ts'));

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A process that runs this and goes on. */
const owner = (code: string) =>
  spawn(
    process.execPath,
    ['--input-type=module', '-e', `import { afterwards, spawnOwned } from ${own};\n${code}`],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );

it('gives a program its own arguments, output, exit code and an empty input', async () => {
  const child = spawnOwned(['/bin/sh', '-c', 'cat; printf "%s|" "$@"; exit 7', 'sh', 'a b', "it's", ''], {
    stdout: 'pipe',
  });
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  expect(await once(child, 'close')).toEqual([7, null]);
  expect(said).toBe("a b|it's||");
});

it('lets a signal reach the program itself', async () => {
  const child = spawnOwned(
    ['/bin/sh', '-c', 'trap "exit 5" TERM; echo ready; while :; do sleep 0.05; done'],
    {
      stdout: 'pipe',
    },
  );
  if (child.stdout !== null) await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([5, null]);
});

it('takes along what the program left in its group', async () => {
  const file = join(directory, 'left');
  const child = spawnOwned(['/bin/sh', '-c', `sleep 1000 & echo $! > ${file}`]);
  await once(child, 'exit');
  const pid = Number(readFileSync(file, 'utf8'));
  await vi.waitFor(() => expect(alive(pid)).toBe(false), within);
});

it('does afterwards what a killed owner left to do, and nothing where the owner has done it', async () => {
  const [left, done, ready] = ['left', 'done', 'ready'].map((name) => join(directory, `${name}-to-remove`));
  for (const path of [left, done]) writeFileSync(path ?? '', '');
  const killed = owner(`
    import { writeFileSync } from 'node:fs';
    afterwards(['rm', '${left}']);
    afterwards(['rm', '${done}']).cancel();
    writeFileSync('${ready}', '');
    setInterval(() => {}, 1000);
  `);
  await vi.waitFor(() => expect(existsSync(ready ?? '')).toBe(true), within);
  expect(existsSync(left ?? '')).toBe(true);
  killed.kill('SIGKILL');
  await vi.waitFor(() => expect(existsSync(left ?? '')).toBe(false), within);
  expect(existsSync(done ?? '')).toBe(true);
});

it('does afterwards also what an owner left that ended by itself', async () => {
  const left = join(directory, 'left-at-an-end');
  writeFileSync(left, '');
  await once(owner(`afterwards(['rm', '${left}']);`), 'exit');
  await vi.waitFor(() => expect(existsSync(left)).toBe(false), within);
});

it('finds free ports, no two the same, that no connection is given while their server is away', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  const given = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number);
  for (const port of ports) expect([port, port >= 1024 && port < (given[0] ?? 0)]).toEqual([port, true]);
});
