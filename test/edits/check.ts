import { join } from 'node:path';
import { patient } from '../../packages/testbed/lib/patience.ts';
import type { Tree } from './tree.ts';
import type { WrongEdit } from './wrong.ts';

/** What was found wrong with an edit, and how long it took to look. */
export interface Found {
  readonly seconds: number;
  /** Step -> what it said; empty where all is green. */
  readonly faults: readonly { readonly step: string; readonly said: string }[];
}

interface Outcome {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A module that whatever reads dist/ imports: with it, its tests are found too. */
const READS_DIST = 'test/synth/dist.ts';
/** The same for whatever reads the sources as text: it imports none of those that an edit changes. */
const READS_SOURCES = 'test/support/work-tree.ts';

/** Which tests run: all that a change of these files can reach, or those that are named. */
export type Tests = 'related' | readonly string[];

type Step = readonly [name: string, run: () => string];

/** What reads the desired state and all that it imports, without the tests. */
function projectOfDesiredState(tree: Tree): readonly string[] {
  const file = 'tsconfig.desired-state.json';
  const files = ['apps/main.ts', 'cli/main.ts', 'environments/index.ts'];
  tree.write(file, JSON.stringify({ extends: './tsconfig.json', include: [], files }));
  return ['--project', file];
}

/** On one thread: others would check what they share for themselves. */
const TYPES = (tree: Tree, tests: Tests): readonly string[] => [
  ...(tests === 'related' ? [] : projectOfDesiredState(tree)),
  '--noEmit',
  '--singleThreaded',
  '--incremental',
  '--tsBuildInfoFile',
  tree.types,
];

/** What a person does after an edit: format and lint what changed, render, write the golden pages, check types. */
function checkSources(tree: Tree, tests: Tests): Found {
  return found([
    // It formats as an editor does on saving; what it cannot fix is a fault.
    ['lint', () => said(tree.tool('biome', ['check', '--write', '--error-on-warnings', ...tree.changed()]))],
    ['synth', () => said(tree.node(['cli/main.ts', 'synth']))],
    ['golden', () => said(tree.node(['test/synth/golden.ts']))],
    ['types', () => said(tree.tool('tsc', TYPES(tree, tests)))],
  ]);
}

/** The unit and synth tests over a tree whose sources were checked. */
const checkTests = (tree: Tree, tests: Tests): Found => found([['tests', () => testsSay(tree, tests)]]);

/** Both of the above. */
export function check(tree: Tree, tests: Tests): Found {
  const all = [checkSources(tree, tests), checkTests(tree, tests)];
  return {
    faults: all.flatMap(({ faults }) => faults),
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function found(steps: readonly Step[]): Found {
  const start = performance.now();
  const faults = steps.map(([step, run]) => ({ step, said: run() })).filter(({ said }) => said !== '');
  return { faults, seconds: (performance.now() - start) / 1000 };
}

const said = ({ status, stdout, stderr }: ReturnType<Tree['node']>): string =>
  status === 0 ? '' : `${stderr}${stdout}`.trim() || `ended with ${status}`;

function testsSay(tree: Tree, tests: Tests): string {
  const which =
    tests === 'related'
      ? ['related', '--run', READS_DIST, READS_SOURCES, ...tree.changed()]
      : ['run', ...tests];
  const report = join(tree.root, 'report.json');
  const run = tree.node(
    [
      ...['node_modules/vitest/vitest.mjs', ...which],
      ...['unit', 'engines', 'synth'].flatMap((name) => ['--project', name]),
      ...['--reporter', 'json', '--outputFile', report],
      ...['--exclude', 'test/synth/new-*.test.ts', ...runner(tree, tests)],
    ],
    patient(1200),
  );
  return run.status === 0 ? didRun(tree) : (failures(tree) ?? said(run));
}

/** A few files are quicker on one worker that Node loads; many have mocks, and share what was compiled for other edits. */
const runner = (tree: Tree, tests: Tests): readonly string[] =>
  tests === 'related'
    ? ['--maxWorkers', '2', '--experimental.fsModuleCache', '--experimental.fsModuleCachePath', tree.modules]
    : ['--maxWorkers', '1', '--experimental.viteModuleRunner=false'];

function outcome(tree: Tree): Outcome | undefined {
  try {
    return JSON.parse(tree.text('report.json'));
  } catch {
    return undefined;
  }
}

/** No test that runs is no proof. */
function didRun(tree: Tree): string {
  const count = outcome(tree)?.testResults.flatMap(({ assertionResults }) => assertionResults).length ?? 0;
  return count >= 100 ? '' : `only ${count} tests ran`;
}

function failures(tree: Tree): string | undefined {
  const results = outcome(tree)?.testResults ?? [];
  const lines = results.flatMap(({ name, message, assertionResults }) => {
    const file = name.replace(`${tree.root}/`, '');
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const told = failed.map(
      ({ fullName, failureMessages: [first = ''] }) => `${file}: ${fullName}: ${first.split('\n    at ')[0]}`,
    );
    return failed.length === 0 && message !== '' ? [`${file}: ${message}`] : told;
  });
  return lines.length === 0 ? undefined : lines.join('\n');
}

/** @returns what is wrong with how a wrong edit is refused; empty where it is refused as it must be */
export function refusal(tree: Tree, { says, by = 'synth' }: WrongEdit): string {
  const ended =
    by === 'types' ? tree.tool('tsc', ['--noEmit', '--singleThreaded']) : tree.node(['cli/main.ts', 'synth']);
  const words = by === 'types' ? ended.stdout : ended.stderr;
  return [
    ...(ended.status === (by === 'types' ? 1 : 2) ? [] : [`it ended with ${ended.status}`]),
    ...(says.test(words) ? [] : [`it does not say ${says}, but: ${words.trim().slice(0, 2000)}`]),
    ...(tree.renders() ? ['it wrote into dist/'] : []),
  ].join('; ');
}
