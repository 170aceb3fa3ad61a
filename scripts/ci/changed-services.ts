#!/usr/bin/env node
/** Which images are to be built, as the matrix of a workflow: `{"include":[{"service":"consumer"}]}`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { images } from '../../environments/images.ts';
import { SERVICES } from '../../services/bundle.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const help = `usage: changed-services.ts [--base REVISION]

  --base REVISION   services changed since they branched off REVISION, for a pull request; without it,
                    services changed since the commit that their tag in environments/images.ts ends with
`;

/** What goes into every image, beside the service's own folder: what services/Dockerfile copies, and itself. */
export const SHARED = [
  '.dockerignore',
  '.github/workflows/images.yaml',
  '.npmrc',
  'cli/package.json',
  'package-lock.json',
  'package.json',
  'packages/contracts/',
  'policy/',
  'services/Dockerfile',
  'services/bundle.ts',
  'services/runtime/',
] as const;

/** What .dockerignore leaves out, and prose: no image changes with it. */
const NEVER = /\.test\.ts$|\.md$|(?:^|\/)(?:fixtures|testing)\//;

const under = (path: string, input: string): boolean =>
  input.endsWith('/') ? path.startsWith(input) : path === input;

/** @param paths What changed, below the root of the repository. @returns the services that it goes into */
export function changedServices<Name extends string>(
  paths: readonly string[],
  services: readonly Name[],
): Name[] {
  const relevant = paths.filter((path) => !NEVER.test(path));
  return services.filter((name) =>
    relevant.some((path) => [...SHARED, `services/${name}/`].some((input) => under(path, input))),
  );
}

/**
 * The commit that an image was built from: its tag ends with `-g<commit>`, as `git describe` writes one.
 * @returns undefined where the tag names none
 */
export const commitOf = (reference: string): string | undefined =>
  /:[\w.-]+-g([0-9a-f]{7,40})(?:@|$)/.exec(reference)?.[1];

/** @returns undefined where git does not know a revision */
type PathsSince = (range: string) => readonly string[] | undefined;

const git: PathsSince = (range) => {
  const args = ['diff', '--name-only', '--no-renames', '-z', '--end-of-options', range, '--'];
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return status === 0 ? stdout.split('\0').filter((path) => path !== '') : undefined;
};

/**
 * Services whose released image is older than its inputs. Each is compared with the commit of its own image:
 * a build that failed or was overtaken is caught up by the next one. A service that no reference names runs
 * nowhere, so there is nothing to release.
 */
export const staleServices = <Name extends string>(
  services: readonly Name[],
  references: Readonly<Record<string, string>>,
  pathsSince: PathsSince,
): Name[] =>
  services.filter((name) => {
    const reference = references[name];
    if (reference === undefined) return false;
    const commit = commitOf(reference);
    const paths = commit === undefined ? undefined : pathsSince(`${commit}..HEAD`);
    return paths === undefined || changedServices(paths, [name]).length > 0;
  });

/** @returns the exit code: 0, or 2 where the base is no revision */
function main(argv: string[]): number {
  const { values } = parseArgs({
    args: argv,
    options: { base: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const paths = values.base === undefined ? undefined : git(`${values.base}...HEAD`);
  if (values.base !== undefined && paths === undefined) {
    process.stderr.write(
      `changed-services: '--base' (${values.base}) must be a revision of this repository\n`,
    );
    return 2;
  }
  const services =
    paths === undefined ? staleServices(SERVICES, images, git) : changedServices(paths, SERVICES);
  process.stdout.write(`${JSON.stringify({ include: services.map((service) => ({ service })) })}\n`);
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
