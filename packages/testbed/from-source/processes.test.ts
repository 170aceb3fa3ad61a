import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hierarchies, systemFolders } from './cgroup.ts';
import { mountsUnder, record, runs, started, startTime, stop } from './processes.ts';

test('a process has a start time until it ends', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  expect(startTime(pid)).toMatch(/^\d+$/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(startTime(pid)).toBeUndefined();
});

test('a pid that another process got since is not stopped', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const stranger = { name: 'etcd', pid: child.pid ?? 0, startTime: '1' };
  expect(runs(stranger)).toBe(false);
  await stop(stranger);
  expect(child.exitCode ?? child.signalCode).toBeNull();
  child.kill('SIGKILL');
});

test('the journal gives what was recorded, and leaves out a line cut short', () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  const journal = join(folder, 'journal.jsonl');
  expect(started(journal)).toEqual([]);
  const etcd = { name: 'etcd', pid: 7, startTime: '9' };
  record(journal, etcd);
  writeFileSync(journal, '{"name":"kubel', { flag: 'a' });
  expect(started(journal)).toEqual([etcd]);
  rmSync(folder, { recursive: true });
});

test('mounts under a folder come deepest first, names with spaces undone, siblings left out', () => {
  const mountinfo = ['1 0 0:1 / /', '2 1 0:2 / /run', '3 2 0:3 / /run/a\\040b', '4 1 0:4 / /run2']
    .map((line) => `${line} rw - tmpfs tmpfs rw`)
    .join('\n');
  expect(mountsUnder('/run', mountinfo)).toEqual(['/run/a b', '/run']);
});

test('cgroup hierarchies are those mounted, of both versions', () => {
  const mountinfo =
    '32 31 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n' +
    '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n' +
    '42 31 0:39 / /tmp rw - tmpfs tmpfs rw\n';
  expect(hierarchies(mountinfo)).toEqual([
    { mount: '/sys/fs/cgroup/pids', version: 1 },
    { mount: '/sys/fs/cgroup/unified', version: 2 },
  ]);
});

test('a program of a cluster enters the cgroup that names its members and the one that shares out the processors', () => {
  const v1 = (mount: string) => ({ mount: `/sys/fs/cgroup/${mount}`, version: 1 as const });
  const within = (mount: string) => `/sys/fs/cgroup/${mount}/sluice-one/system`;
  const both = [within('pids'), within('cpu,cpuacct')];
  expect(systemFolders('sluice-one', [v1('cpuset'), v1('cpu,cpuacct'), v1('pids')])).toEqual(both);
  const unified = { mount: '/sys/fs/cgroup', version: 2 as const };
  expect(systemFolders('sluice-one', [unified])).toEqual(['/sys/fs/cgroup/sluice-one/system']);
});
