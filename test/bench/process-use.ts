import { readdirSync, readFileSync } from 'node:fs';

/** What a process has used so far. Linux only: it reads /proc, and gives NaN elsewhere. */
export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly residentMiB: number;
  /** Its part of what it shares with others (PSS): so much one more of its kind costs, or less. */
  readonly ownMiB: number;
}

/** Of Linux, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

export function useOf(pid: number): ProcessUse {
  const [, , , , , , , , , , , user, system] = statOf(pid);
  return {
    cpuSeconds: (Number(user) + Number(system)) / TICKS_PER_SECOND,
    residentMiB: mebibytes(`/proc/${pid}/status`, 'VmRSS'),
    ownMiB: mebibytes(`/proc/${pid}/smaps_rollup`, 'Pss'),
  };
}

/** Direct children, by pid. */
export const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(statOf(Number(name))[1]) === pid)
    .map(Number);

/** The fields after the program's name, which may hold anything: state, parent, group ... */
function statOf(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function mebibytes(path: string, field: string): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(path))?.[1];
  return Number(kibibytes ?? Number.NaN) / 1024;
}

/** Nothing for a process that has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
