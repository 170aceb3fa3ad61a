import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process that carries a mark in its environment. */
export interface MarkedProcess {
  readonly pid: number;
  readonly command: readonly string[];
}

/**
 * A mark that every process inherits, however far it has gone from who started it: a folder of its own, which is
 * the temporary directory of all and stands in their PATH. Linux only: it reads /proc.
 */
export class Mark {
  readonly directory = join(tmpdir(), `sluice-mark-${randomUUID()}`);

  constructor() {
    mkdirSync(this.directory);
  }

  /** What the first process is started with. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, TMPDIR: this.directory, PATH: `${process.env.PATH}:${this.directory}` };
  }

  /** All that live and carry it; without those that only wait to be collected. */
  processes(): MarkedProcess[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => read(`/proc/${pid}/environ`).includes(this.directory))
      .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1) }));
  }

  /** Those of them that run a Node program, by its path. */
  nodes(program: RegExp): number[] {
    return this.processes()
      .filter(({ pid, command }) => runsNode(pid) && program.test(command[1] ?? ''))
      .map(({ pid }) => pid);
  }

  /** What is left in the temporary directory, but for npm's own cache. */
  get files(): string[] {
    return readdirSync(this.directory).filter((name) => name !== 'node-compile-cache');
  }
}

/** The watcher beside a program has the program's arguments, but is a shell. */
function runsNode(pid: number): boolean {
  try {
    return /\/node$/.test(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return false;
  }
}

/** Nothing for a process that ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
