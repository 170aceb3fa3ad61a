/** Which test files a change can reach, by what they import and what those modules read. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { EVERYTHING, PROSE, READS } from './reads.ts';

/** A module -> what it imports of this repository, and reads. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Packages are the lock file's matter; the workspace's own are followed. */
const packagesApart: Plugin = {
  name: 'packages-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@sluice/') ? undefined : { path, external: true },
    ),
};

async function importsOf(root: string, entryPoints: readonly string[]): Promise<Metafile['inputs']> {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'nowhere',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    plugins: [packagesApart],
    logLevel: 'silent',
  });
  return metafile.inputs;
}

/**
 * @param root of the repository
 * @param tests paths below the root
 * @throws BuildFailure where a module does not parse or an import leads nowhere
 */
export async function graphOf(root: string, tests: readonly string[], reads = READS): Promise<Graph> {
  const programs = Object.values(reads)
    .flat()
    .filter((path) => path.endsWith('.ts') && existsSync(join(root, path)));
  const inputs = await importsOf(root, [...new Set([...tests, ...programs])]);
  return new Map(
    Object.entries(inputs).map(([module, { imports }]) => [
      module,
      [...imports.filter(({ external }) => !external).map(({ path }) => path), ...(reads[module] ?? [])],
    ]),
  );
}

/** @returns everything below an entry, itself included; folders as they are in the graph */
export function closureOf(graph: Graph, entry: string): Set<string> {
  const found = new Set([entry]);
  for (const path of found) for (const next of graph.get(path) ?? []) found.add(next);
  return found;
}

/** @returns modules that find files by their own place */
export const placedModules = (root: string, graph: Graph): string[] =>
  [...graph.keys()].filter((module) =>
    /import\.meta\.(dirname|filename|url)/.test(readFileSync(join(root, module), 'utf8')),
  );

const under = (path: string, input: string): boolean =>
  input.endsWith('/') ? path.startsWith(input) : path === input;

/** Which test files a change reaches, and which it does not. */
export interface Reached {
  /** Test file -> the first changed path that it reaches. */
  readonly reached: ReadonlyMap<string, string>;
  /** Test files that no changed path reaches. */
  readonly apart: readonly string[];
}

/** Not code, and nothing says who reads it: it may reach anything. */
const isUnknown = (path: string, inputs: readonly string[]): boolean =>
  !path.endsWith('.ts') && !PROSE.test(path) && !inputs.some((input) => under(path, input));

/** @param changed paths below the root */
export function reachedBy(changed: readonly string[], tests: readonly string[], graph: Graph): Reached {
  const closures = new Map(tests.map((test) => [test, [...closureOf(graph, test)]]));
  const known = [...closures.values()].flat();
  const common = changed.find(
    (path) => EVERYTHING.some((input) => under(path, input)) || isUnknown(path, known),
  );
  const why = (test: string) =>
    common ?? changed.find((path) => closures.get(test)?.some((input) => under(path, input)));
  const found = tests.flatMap((test) => {
    const path = why(test);
    return path === undefined ? [] : [[test, path] as const];
  });
  const reached = new Map(found);
  return { reached, apart: tests.filter((test) => !reached.has(test)) };
}
