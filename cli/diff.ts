import { fileURLToPath } from 'node:url';
import { compare, type Difference } from '../packages/analysis/diff/compare.ts';
import { isRank, type Rank, ranks, reaches } from '../packages/analysis/diff/findings.ts';
import { jsonReport, markdownReport, textReport } from '../packages/analysis/diff/report.ts';
import type { Files } from '../packages/manifests/manifests.ts';
import { parser, type Snapshot, snapshotOf } from '../packages/manifests/objects.ts';
import { Repository } from '../packages/manifests/revision.ts';
import { OptionReader, parseOptions } from './arguments.ts';
import { coloredReport } from './color.ts';

const help = `usage: sluice diff [base] [head] [options]

What a change of the desired state does, object by object, between the dist/ of two git revisions; needs no
cluster. Order and other spellings of the same are no change. Ranks, from nothing to the worst:
${ranks.join(' < ')}.

  base             a git revision           (origin/main where it exists, else main, else HEAD)
  head             a git revision           (what the sources of this checkout render now)
  --format FORMAT  text | markdown | json   (text)
  --fail-on RANK   exit 1 when the worst rank reaches this one

  npx sluice diff
  npx sluice diff HEAD~1 HEAD --format markdown
  npx sluice diff origin/main --fail-on prune
`;

const formats: Readonly<Record<string, (difference: Difference) => string>> = {
  text: (difference) => coloredReport(textReport(difference), process.stdout),
  markdown: markdownReport,
  json: jsonReport,
};

/** Where the two sides come from. */
export interface Sources {
  /** The git work tree. */
  readonly root: string;
  /** Path below dist/ -> text, as the work tree would have it now. */
  readonly render: () => Promise<Files>;
}

const checkout: Sources = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  // Two revisions are compared without loading what renders a third.
  render: async () => {
    const { desiredState } = await import('../apps/main.ts');
    const { render } = await import('../apps/rendering.ts');
    return render(desiredState);
  },
};

interface DiffOptions {
  readonly base: string;
  /** Undefined: the working tree. */
  readonly head: string | undefined;
  /** Whether no base was named and no main found. */
  readonly isFallback: boolean;
  readonly report: (difference: Difference) => string;
  readonly failOn: Rank | undefined;
}

/**
 * `sluice diff`. @returns 0, or 1 when the worst rank reaches `--fail-on`
 * @throws {ConfigurationError} naming every unknown revision, format, rank and unreadable manifest
 */
export async function runDiff(argv: string[], sources: Sources = checkout): Promise<number> {
  const repository = new Repository(sources.root);
  const asked = parse(argv, repository);
  if (asked === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const difference = await differenceOf(asked, repository, sources);
  process.stdout.write(asked.report(difference));
  const { worst } = difference;
  return worst !== undefined && asked.failOn !== undefined && reaches(worst, asked.failOn) ? 1 : 0;
}

async function differenceOf(
  { base, head, isFallback }: DiffOptions,
  repository: Repository,
  { render }: Sources,
): Promise<Difference> {
  const parsed = parser();
  const snapshot = (revision: string): Snapshot =>
    snapshotOf(revision, repository.dist(repository.resolve(revision) ?? revision), parsed);
  const one = snapshot(base);
  const notes = isFallback
    ? [`${NO_MAIN}: the base is HEAD itself, and what is committed cannot differ`]
    : sameCommit(repository, base, head ?? 'HEAD', head === undefined);
  if (head !== undefined) return { ...compare(one, snapshot(head)), notes };
  const files = await render();
  notes.push(...driftOf(repository, files));
  return { ...compare(one, snapshotOf('working tree', files, parsed)), notes };
}

const NO_MAIN = 'neither origin/main nor main exists in this clone';

/** Names are compared by their commits: then a difference cannot be. */
function sameCommit(repository: Repository, base: string, head: string, renders: boolean): string[] {
  if (repository.resolve(base) !== repository.resolve(head)) return [];
  const rest = renders ? ': only what is not committed can differ' : '';
  return base === head && renders ? [] : [`${base} and ${head} are the same commit${rest}`];
}

/** Argo CD syncs what is committed; what a person edited there, the sources do not say. */
function driftOf(repository: Repository, files: Files): string[] {
  const head = repository.resolve('HEAD');
  const committed = head === undefined ? new Map<string, string>() : repository.dist(head);
  const paths = [...new Set([...committed.keys(), ...files.keys()])].sort();
  const differing = paths.filter((path) => committed.get(path) !== files.get(path));
  const [first] = differing;
  if (first === undefined || committed.size === 0) return [];
  return [
    `the committed dist/ is not what the sources render: ${differing.length} changed (dist/${first}${differing.length > 1 ? ' ...' : ''}); ` +
      "Argo CD syncs dist/ as it is committed, 'npm run synth' renders it",
  ];
}

function parse(argv: string[], repository: Repository): DiffOptions | undefined {
  const options = {
    format: { type: 'string', default: 'text' },
    'fail-on': { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const { values, positionals } = parseOptions('diff', argv, options, true);
  if (values.help) return undefined;
  const reader = new OptionReader('diff');
  const [base = defaultBase(repository), head, ...rest] = positionals;
  for (const revision of [base, head].filter((one) => one !== undefined))
    if (repository.resolve(revision) === undefined)
      reader.fault(`'${revision}' is no revision of this repository`);
  if (rest.length > 0) reader.fault(`takes two revisions at most, not also '${rest.join(' ')}'`);
  const report = formats[values.format];
  if (report === undefined) reader.fault(oneOf('format', values.format, Object.keys(formats)));
  const failOn = values['fail-on'];
  const isFallback = positionals.length === 0 && base === 'HEAD';
  if (failOn !== undefined) checkThreshold(reader, failOn, isFallback);
  reader.check();
  return { base, head, isFallback, report: report ?? textReport, failOn: failOn as Rank | undefined };
}

/** Against HEAD itself a gate would pass whatever the branch does. */
function checkThreshold(reader: OptionReader, failOn: string, isFallback: boolean): void {
  if (!isRank(failOn)) reader.fault(oneOf('fail-on', failOn, ranks));
  if (isFallback) reader.fault(`'--fail-on' (${failOn}) needs a base: ${NO_MAIN}; name one, or fetch it`);
}

const oneOf = (option: string, value: string, allowed: readonly string[]): string =>
  `'--${option}' (${value}) must be one of: ${allowed.join(', ')}`;

const defaultBase = (repository: Repository): string =>
  ['origin/main', 'main'].find((name) => repository.resolve(name) !== undefined) ?? 'HEAD';
