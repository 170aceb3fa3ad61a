import { readFileSync, writeFileSync } from 'node:fs';
import { applications } from '../../apps/main.ts';
import { broker, MONITORING, scaler } from '../../apps/platform/identities.ts';
import { systemIn } from '../../apps/rendering.ts';
import type { Environment } from '../../environments/environment.ts';
import { environments } from '../../environments/index.ts';
import { organization } from '../../environments/organization.ts';
import { corpusTable } from '../../packages/analysis/diff/testing/corpus.ts';
import { architectureOf } from '../../packages/analysis/report/architecture.ts';
import { connectionsIn } from './connectivity.ts';
import { diffExamples } from './diff-examples.ts';
import { environmentNames, rendered } from './dist.ts';
import { permissionsIn } from './permissions.ts';

/** Where the pages are: committed, so that a pull request shows which connections a change allows. */
export const GOLDEN = new URL('golden/', import.meta.url);

/** Writes the pages again. @see package.json */
export const COMMAND = 'npm run synth';

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
    ['connections.md', page('Allowed connections', ['from', 'to', 'port'], connectionsIn)],
    [
      'permissions.md',
      page('Who may ask the API server for what', ['who', 'where', 'verb', 'what', 'name'], permissionsIn),
    ],
  ]);

/** The page that shows the system of the first environment between these two lines. */
export const README = new URL('../../README.md', import.meta.url);
const [BEGIN, END] = [
  '<!-- The picture: written by `npm run synth`. -->',
  '<!-- The end of the picture. -->',
];

const picture = (environment: Environment): string =>
  architectureOf({
    ...{ environment: environment.name, system: systemIn(environment, applications) },
    // Some have no object where the environment does not ask for them.
    applications: applications.filter(({ name }) =>
      rendered.some(({ path }) => path.startsWith(`${environment.name}/${name}/`)),
    ),
    ...{ broker: broker.namespace, scaler: scaler.namespace, monitoring: MONITORING },
  });

/** Puts a text between two lines. @throws {Error} when the lines are not there */
function between(text: string, [first, last]: readonly [string, string], page: string, part: string): string {
  const [begin, end] = [text.indexOf(first), text.indexOf(last)];
  if (begin < 0 || end < begin) throw new Error(`${page} must hold the lines '${first}' and '${last}'`);
  return `${text.slice(0, begin + first.length)}\n${part}\n${text.slice(end)}`;
}

/** @throws {Error} when the lines that the picture stands between are not there */
export function readmeWithPicture(text = readFileSync(README, 'utf8'), [environment] = environments): string {
  if (environment === undefined) throw new Error('there must be an environment to draw');
  return between(text, [BEGIN, END], 'README.md', `\`\`\`mermaid\n${picture(environment)}\n\`\`\``);
}

/** The page about the differences, which counts the crafted changes between two lines. */
export const DIFF = new URL('../../docs/reference/diff.md', import.meta.url);

/** @throws {Error} when the lines that the table stands between are not there */
export const diffWithCounts = (text = readFileSync(DIFF, 'utf8')): string =>
  between(
    text,
    ['<!-- The counts: written by `npm run synth`. -->', '<!-- The end of the counts. -->'],
    'docs/reference/diff.md',
    corpusTable(),
  );

const CODE_OWNERS = new URL('../../.github/CODEOWNERS', import.meta.url);

/** Who reviews what, with the teams of the organisation. */
export const codeOwners = (): string =>
  readFileSync(CODE_OWNERS, 'utf8').replaceAll(/@[\w-]+\//g, `@${organization.owners}/`);

/** What a reviewer sees of ten pull requests. */
export const EXAMPLES = new URL('../../docs/reference/diff-examples.md', import.meta.url);

if (import.meta.main) {
  writeFileSync(EXAMPLES, diffExamples());
  writeFileSync(DIFF, diffWithCounts());
  for (const [file, text] of goldenPages()) writeFileSync(new URL(file, GOLDEN), text);
  writeFileSync(README, readmeWithPicture());
  writeFileSync(CODE_OWNERS, codeOwners());
}
