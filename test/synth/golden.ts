import { writeFileSync } from 'node:fs';
import { connectionsIn } from './connectivity.ts';
import { environmentNames } from './dist.ts';
import { permissionsIn } from './permissions.ts';

/** Where the pages are: committed, so that a pull request shows whom a change lets through. */
export const GOLDEN = new URL('golden/', import.meta.url);

/** Writes the pages again. @see package.json */
export const COMMAND = 'npm run synth && npm run golden';

/** A page with one table for each environment. */
const page = (title: string, columns: readonly string[], rowsIn: (environment: string) => string[]): string =>
  [
    `# ${title}`,
    '',
    `Computed from dist/ by \`${COMMAND}\`; never edited.`,
    ...environmentNames.flatMap((environment) => [
      ...['', `## ${environment}`, ''],
      ...[`| ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length)}`],
      ...rowsIn(environment),
    ]),
    '',
  ].join('\n');

/** File -> text: what is rendered, read as a table. */
export const goldenPages = (): ReadonlyMap<string, string> =>
  new Map([
    ['connections.md', page('Who reaches whom', ['from', 'to', 'port'], connectionsIn)],
    [
      'permissions.md',
      page('Who may ask the API server for what', ['who', 'where', 'verb', 'what', 'name'], permissionsIn),
    ],
  ]);

if (import.meta.main) for (const [file, text] of goldenPages()) writeFileSync(new URL(file, GOLDEN), text);
