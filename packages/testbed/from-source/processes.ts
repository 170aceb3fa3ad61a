import { spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { TestbedError } from '../cluster.ts';
import { until } from '../lib/until.ts';
import { systemFolders } from './cgroup.ts';
import type { ClusterPaths } from './cluster-paths.ts';

/** What the kernel says of processes and mounts. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * @returns clock ticks since boot at which the process began: with the pid, a name that is never given
 * twice; undefined where no such process runs (a zombie no longer does)
 * @see proc_pid_stat(5), fields 3 and 22
 */
export function startTime(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The second field may itself hold spaces and brackets: count from the last bracket.
  const [state, ...rest] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  return stat === '' || state === 'Z' || state === 'X' ? undefined : rest[18];
}

/** The ids of all processes of this machine. */
export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** @returns e.g. 'net:[4026532300]' */
export function networkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** @returns what runs, for a message */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 100);
}

/** @returns mount points at or under a folder, the deepest first. @see proc_pid_mountinfo(5) */
export function mountsUnder(folder: string, mountinfo = read('/proc/self/mountinfo')): string[] {
  const points = mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((point) =>
      point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    );
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

/** What was started, appended as it starts, so that a later `down` knows it whatever became of us. */

interface StartedProcess {
  readonly name: string;
  readonly pid: number;
  /** @see startTime */
  readonly startTime: string;
}

/** Adds a process to the journal, so that a later run can end it. */
export function record(journal: string, started: StartedProcess): void {
  appendFileSync(journal, `${JSON.stringify(started)}\n`);
}

/** A half-written last line (the machine stopped) is left out: the cgroup knows that process. */
export function started(journal: string): StartedProcess[] {
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as StartedProcess);
}

/** A program that runs as long as the cluster does. */
export interface Daemon {
  readonly name: string;
  readonly command: readonly string[];
  /** Runs in the machine's own network instead of the cluster's. @default false */
  readonly outside?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

// The shell puts itself into the cgroup before it becomes the program: no child can be born outside.
const enter = (folders: readonly string[]): string =>
  [...folders.map((folder) => `echo $$ > '${folder}/cgroup.procs'`), 'exec "$@"'].join(' && ');

/** Starts a process that outlives this one; its output goes to logs/NAME.log. */
export function start(at: ClusterPaths, daemon: Daemon): void {
  mkdirSync(at.logs, { recursive: true });
  const log = openSync(join(at.logs, `${daemon.name}.log`), 'a');
  const inside = daemon.outside ? [] : ['nsenter', `--net=${at.namespace}`];
  const child = spawn('sh', ['-c', enter(systemFolders(at.cgroup)), 'sh', ...inside, ...daemon.command], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...daemon.env },
  });
  closeSync(log);
  child.unref();
  const pid = child.pid;
  const begun = pid === undefined ? undefined : startTime(pid);
  if (pid === undefined || begun === undefined) throw new TestbedError(`${daemon.name} did not start`);
  record(at.journal, { name: daemon.name, pid, startTime: begun });
}

/** The pid alone proves nothing: it may long be someone else's. */
export const runs = ({ pid, startTime: begun }: StartedProcess) => startTime(pid) === begun;

function signal(one: StartedProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (!runs(one)) return;
  try {
    process.kill(one.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks it to end, and ends it after five seconds. */
export async function stop(one: StartedProcess): Promise<void> {
  signal(one, 'SIGTERM');
  try {
    await until(`${one.name} to end`, 5, () => !runs(one));
  } catch {
    signal(one, 'SIGKILL');
    await until(`${one.name} to end after SIGKILL`, 5, () => !runs(one));
  }
}

/** Ends processes at once, again and again until none is left (a dying one may still start another). */
export async function killAll(what: string, pids: () => number[]): Promise<void> {
  await until(`${what} to end`, 20, () => {
    const living = pids().flatMap((pid) => {
      const begun = startTime(pid);
      return begun === undefined ? [] : [{ name: what, pid, startTime: begun }];
    });
    for (const one of living) signal(one, 'SIGKILL');
    return living.length === 0;
  });
}

/** @returns the last lines of a process's log, for a message */
export function logTail(at: ClusterPaths, name: string, lines = 5): string {
  try {
    return readFileSync(join(at.logs, `${name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-lines)
      .join('\n');
  } catch {
    return '';
  }
}
