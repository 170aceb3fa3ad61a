import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProcessReplicas, paceMs } from './process.ts';

/** Writes its pid into a file named by its identity; ends on SIGTERM unless it is asked to ignore that. */
const program = `
  const { writeFileSync } = require('node:fs');
  process.on('SIGTERM', () => { if (process.env.STUBBORN !== 'yes') process.exit(0); });
  writeFileSync(process.env.DIRECTORY + '/' + process.env.POD_NAME, String(process.pid));
  setInterval(() => {}, 1000);
`;

/** A scaler's part that runs three of a stubborn program, each with a child of its own. */
const ownerOf = (directory: string) => `
  import { ProcessReplicas } from ${JSON.stringify(join(import.meta.dirname, 'process.ts'))};
  const own = ${JSON.stringify(`sleep 1000 & echo $! > ${directory}/$POD_NAME-child; trap '' TERM; echo $$ > ${directory}/$POD_NAME; wait`)};
  const target = { kind: 'process', command: ['/bin/sh', '-c', own], env: {}, graceSeconds: 20 };
  await new ProcessReplicas(target, { workload: 'jobs', onCrash: () => {} }).write(3);
  setInterval(() => {}, 1000);
`;

const within = { timeout: 12_000, interval: 20 };

const started: ProcessReplicas[] = [];

interface Given {
  code?: string;
  env?: Record<string, string>;
  graceSeconds?: number;
  cores?: number;
}

function replicas(options: Given = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-processes-'));
  const clock = { now: 0 };
  const crashes: string[] = [];
  const target = new ProcessReplicas(
    {
      kind: 'process',
      command: [process.execPath, '-e', options.code ?? program],
      env: { DIRECTORY: directory, ...options.env },
      graceSeconds: options.graceSeconds ?? 20,
    },
    {
      workload: 'jobs',
      onCrash: (identity, outcome) => crashes.push(`${identity}: ${outcome}`),
      clock: () => clock.now,
      ...(options.cores !== undefined && { cores: options.cores }),
    },
  );
  started.push(target);
  const identities = () => readdirSync(directory).sort();
  const pidOf = (identity: string) => Number(readFileSync(join(directory, identity), 'utf8'));
  return { target, clock, crashes, identities, pidOf };
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('local processes as replicas', () => {
  afterEach(() => Promise.all(started.splice(0).map((target) => target.stop())));

  it('are started with an identity each, and ended by SIGTERM, newest first', async () => {
    const { target, identities, pidOf } = replicas();
    await target.write(3);
    expect(await target.read()).toEqual({ current: 3 });
    await expect.poll(identities).toEqual(['jobs-1', 'jobs-2', 'jobs-3']);
    await target.write(1);
    expect(await target.read()).toEqual({ current: 1 });
    await expect.poll(() => [2, 3].map((n) => alive(pidOf(`jobs-${n}`)))).toEqual([false, false]);
    expect(alive(pidOf('jobs-1'))).toBe(true);
    await target.stop();
    expect(alive(pidOf('jobs-1'))).toBe(false);
  });

  it('start as many at once as there are cores, the others soon after, whatever the first ones do', async () => {
    const running = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
    const { target, identities } = replicas({ cores: 2 });
    // No process of another test is still running.
    await expect.poll(running).toBe(0);
    await target.write(6);
    expect(await target.read()).toEqual({ current: 6 });
    expect(running()).toBe(2);
    await target.write(5);
    await expect.poll(identities).toEqual(['jobs-1', 'jobs-2', 'jobs-3', 'jobs-4', 'jobs-5']);
  });

  it.each([
    [25, 2, 1440],
    [1000, 2, 2994],
    [1000, 16, 2952],
    [1, 1, 0],
  ])('start soon: the last one of %i on %i cores after %i ms', (replicas, cores, ms) => {
    expect((Math.ceil(replicas / cores) - 1) * paceMs(replicas, cores)).toBeCloseTo(ms, -1);
  });

  it('are killed when they outlast the grace', async () => {
    const { target, identities, pidOf } = replicas({ env: { STUBBORN: 'yes' }, graceSeconds: 0.1 });
    await target.write(1);
    await expect.poll(identities).toEqual(['jobs-1']);
    await target.stop();
    expect(alive(pidOf('jobs-1'))).toBe(false);
  });

  it('are replaced when they end by themselves, later each time, under their own identity', async () => {
    const { target, clock, crashes } = replicas({ code: 'process.exit(3)' });
    await target.write(1);
    const crashed = (n: number) => expect.poll(() => crashes).toEqual(Array(n).fill('jobs-1: exit code 3'));
    await crashed(1);
    clock.now = 499;
    expect(await target.read()).toEqual({ current: 1 });
    expect(crashes).toHaveLength(1);
    clock.now = 500;
    await target.read();
    await crashed(2);
    clock.now = 1499;
    await target.read();
    clock.now = 1500;
    await target.read();
    await crashed(3);
  });

  it('are killed with all that they started when the scaler is killed, however stubborn', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-processes-'));
    const owner = spawn(process.execPath, ['--input-type=module', '-e', ownerOf(directory)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const pids = () =>
      readdirSync(directory).map((name) => Number(readFileSync(join(directory, name), 'utf8')));
    await vi.waitFor(() => expect(pids().filter((pid) => pid > 0)).toHaveLength(6), within);
    expect(pids().every(alive)).toBe(true);
    owner.kill('SIGKILL');
    await vi.waitFor(() => expect(pids().filter(alive)).toEqual([]), within);
  });

  it('survive a program that does not exist, as crashes', async () => {
    const crashes: string[] = [];
    const target = new ProcessReplicas(
      { kind: 'process', command: ['/nowhere/at/all'], env: {}, graceSeconds: 1 },
      { workload: 'jobs', onCrash: (identity, outcome) => crashes.push(`${identity}: ${outcome}`) },
    );
    await target.write(1);
    await expect.poll(() => crashes).toEqual(['jobs-1: exit code 127']);
    await target.stop();
  });
});
