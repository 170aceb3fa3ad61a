/** What was started, appended as it starts, so that a later `down` knows it whatever became of us. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface StartedProcess {
  readonly name: string;
  readonly pid: number;
  /** @see startTime */
  readonly startTime: string;
}

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
