/** The report of the parity suite: docs/reference/backends.md, between its markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Backend, backends, claims } from './parity-backends.ts';
import type { Queue } from './parity-queue.ts';
import { pattern, workloads } from './parity-workloads.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'backends.md');

/** Seconds of every round; undefined where the count was right already. */
export type Reaction = readonly (number | undefined)[];

export interface Measured {
  readonly backend: string;
  readonly workload: string;
  /** One a step of the pattern. */
  readonly reactions: readonly Reaction[];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
};

const shown = (reaction: Reaction = []): string =>
  reaction.map((seconds) => (seconds === undefined ? 'held' : seconds.toFixed(1))).join(', ');

export function reactionTable(measured: readonly Measured[]): string {
  const steps = pattern.map((to, at) => `${pattern[at - 1] ?? 0} to ${to}`);
  const rows = workloads.flatMap((workload) =>
    backends.map((backend) => {
      const own = measured.find((one) => one.backend === backend.name && one.workload === workload.name);
      const counts = workload.counts.join(', ');
      const cells = own === undefined ? pattern.map(() => 'refused') : own.reactions.map(shown);
      return [workload.says, counts, backend.name, ...cells];
    }),
  );
  return table(['policy', 'counts', 'back-end', ...steps], rows);
}

/** Each clause that is not kept exactly, in the compiler's own words. */
export function fidelityTable(queue: Pick<Queue, 'asked' | 'scraped'>): string {
  const rowsOf = (backend: Backend) =>
    workloads.flatMap((workload) =>
      backend
        .fidelity(workload, queue)
        .filter(({ fidelity }) => fidelity !== 'exact')
        .map(({ clause, fidelity, why }) => [
          backend.name,
          claims(backend, workload, queue) ? workload.name : `${workload.name} (refused)`,
          `\`${clause}\``,
          fidelity,
          why,
        ]),
    );
  return table(['back-end', 'policy', 'clause', 'kept', 'why'], backends.flatMap(rowsOf));
}

/** What stands between `<!-- name -->` and `<!-- /name -->`. @throws Error where the page has no such place */
export function section(name: string): string {
  const { text, from, to } = placeOf(name);
  return text.slice(from, to).trim();
}

/** Puts another text there. */
export function writeSection(name: string, content: string): void {
  const { text, from, to } = placeOf(name);
  writeFileSync(page, `${text.slice(0, from)}\n${content}\n${text.slice(to)}`);
}

function placeOf(name: string): { readonly text: string; readonly from: number; readonly to: number } {
  const begin = `<!-- ${name} -->`;
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(`<!-- /${name} -->`)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for '${name}'`);
  return { text, from: from + begin.length, to };
}
