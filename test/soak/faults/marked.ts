import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine, found by a variable of its environment. */
export interface MarkedProcess {
  readonly pid: number;
  readonly arguments: readonly string[];
}

/** The variable that marks the processes of one run, orphans among them; they inherit it. */
export const MARK = 'SLUICE_FAULT_RUN';

/** Every process that has the mark, zombies aside. */
export function markedProcesses(mark: string): MarkedProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const environment = contentOf(`/proc/${name}/environ`).split('\0');
      if (!environment.includes(`${MARK}=${mark}`)) return [];
      return [{ pid: Number(name), arguments: contentOf(`/proc/${name}/cmdline`).split('\0') }];
    });
}

/** Of what ended meanwhile, nothing. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Whether the signal reached it: it may have ended meanwhile. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}
