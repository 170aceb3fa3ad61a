/** What the kernel says of processes and mounts. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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
