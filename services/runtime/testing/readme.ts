import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import { aboutField } from '../fields.ts';

/** A row of a table, cell by cell, as it is written. */
export type Row = readonly string[];

/**
 * The rows of the one table that has these columns.
 * @throws Error when the README has no such table: a check that finds nothing must not pass
 */
export function tableOf(readme: string, ...columns: readonly string[]): Row[] {
  const lines = readme.split('\n').map(cellsOf);
  const head = lines.findIndex((cells) => cells?.join('|') === columns.join('|'));
  if (head < 0) throw new Error(`no table with the columns ${columns.join(', ')}`);
  const rows: Row[] = [];
  for (const cells of lines.slice(head + 2)) {
    if (cells === undefined) break;
    rows.push(cells);
  }
  return rows;
}

const cellsOf = (line: string): Row | undefined =>
  line.startsWith('| ')
    ? line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
    : undefined;

/** variable | default | meaning, of every variable that a service reads. */
export function configurationRows(environment: z.ZodObject): Row[] {
  return Object.entries(environment.shape).map(([name, field]) => {
    const { fallback, optional, meaning } = aboutField(field);
    const absent = optional ? 'none' : 'required';
    return [code(name), fallback === undefined ? absent : code(fallback), meaning];
  });
}

/** name | type | labels | meaning, of every metric in the registry. */
export function metricRows(registry: Registry): Row[] {
  return registry.getMetricsAsArray().map((metric) => {
    const { labelNames = [] } = metric as { labelNames?: readonly string[] };
    return [code(metric.name), String(metric.type), labelNames.join(', '), metric.help];
  });
}

/** line | level, sorted: every constant message that the sources in a directory log. */
export function logRows(directory: string): Row[] {
  const sources = globSync('**/*.ts', { cwd: directory }).filter((path) => !/\.test\.ts$|testing/.test(path));
  const found = new Map<string, string>();
  for (const path of sources)
    for (const [, level, message] of readFileSync(join(directory, path), 'utf8').matchAll(LOG_CALL))
      found.set(code(message ?? ''), level ?? '');
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The message is the last argument; what comes before it holds no semicolon. */
const LOG_CALL = /(?:log|createLogger\([^)]*\))\.(info|warn|error|fatal)\((?:[^;]*?,)?\s*'([^']+)',?\s*\);/g;

const code = (text: string): string => `\`${text}\``;
