import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aboutField } from '@sluice/runtime';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import type { Catalogue } from '../../packages/contracts/metrics/metric.ts';

/** The cells of every table row whose first cell is code, below the heading `## title`. */
export function tableOf(readme: URL, title: string): string[][] {
  const [, section = ''] = readFileSync(readme, 'utf8').split(`\n## ${title}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What the table of configuration must say: variable, default, meaning. */
export function configurationOf(schema: z.ZodObject): string[][] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { secret, optional, fallback, meaning } = aboutField(field);
    const variable = secret ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``;
    const otherwise = fallback === undefined ? (optional ? 'none' : 'required') : `\`${fallback}\``;
    return [variable, otherwise, meaning];
  });
}

interface MetricLike {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** What the table of metrics must say: name, type, labels, meaning. */
export const metricRows = (catalogue: Catalogue): string[][] =>
  Object.values(catalogue).map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    Object.keys(labels).join(', '),
    help,
  ]);

/** The same of what is registered, sorted. */
export function registeredRows(registry: Registry): string[][] {
  const metrics = registry.getMetricsAsArray() as unknown as MetricLike[];
  return metrics
    .map(({ name, type, labelNames, help }) => [`\`${name}\``, type, labelNames.join(', '), help])
    .sort();
}

/** What the table of log lines must say, sorted: message and level of every line that sources of a folder log. */
export function loggedBy(folder: string): string[][] {
  const sources = globSync('**/*.ts', { cwd: folder }).filter((path) => !path.endsWith('.test.ts'));
  const calls = sources.flatMap((path) => [...readFileSync(join(folder, path), 'utf8').matchAll(LOG_CALL)]);
  const lines = new Map(calls.map(([, level = '', message = '']) => [`\`${message}\``, level]));
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The message is the last argument; what comes before it holds no semicolon. */
const LOG_CALL =
  /(?:log|createLogger\([^)]*\))\.(info|warn|error|fatal)\((?:[^;]*?,)?\s*'([^']+)',?\s*\)[;,]/g;
