import { spawnSync } from 'node:child_process';
import { ConfigurationError } from '../errors.ts';

/** Path below dist/ -> text. */
type Files = ReadonlyMap<string, string>;

/** Enough for the manifests of a large fleet; more is a mistake worth an error. */
const MAX_BYTES = 512 * 1024 * 1024;

/** A git repository, read by few processes: one `ls-tree` and one `cat-file` a revision. */
export class Repository {
  readonly #root: string;

  /** @param root The work tree or a folder in it. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The commit's id, or undefined where the name means none. */
  resolve(revision: string): string | undefined {
    const { status, stdout } = this.#git([
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ]);
    return status === 0 ? stdout.toString('utf8').trim() : undefined;
  }

  /** Every file below dist/ of a commit; none where it has no dist/. @throws {ConfigurationError} */
  dist(commit: string): Files {
    const blobs = this.#blobs(commit);
    if (blobs.size === 0) return blobs;
    const ids = [...blobs.values()].join('\n');
    const texts = textsOf(this.#must(['cat-file', '--batch'], `${ids}\n`));
    return new Map([...blobs.keys()].map((path, index) => [path, texts[index] ?? '']));
  }

  /** Path below dist/ -> blob; no links, no submodules. */
  #blobs(commit: string): Files {
    const listing = this.#must(['ls-tree', '-r', '-z', '--full-tree', commit, '--', 'dist/']).toString(
      'utf8',
    );
    const entries = listing.split('\0').map((line) => /^100\d+ blob (\w+)\tdist\/(.*)$/s.exec(line));
    return new Map(entries.flatMap((entry) => (entry === null ? [] : [[entry[2] ?? '', entry[1] ?? '']])));
  }

  #must(args: readonly string[], input = ''): Buffer {
    const { status, stdout, stderr, error } = this.#git(args, input);
    if (status === 0) return stdout;
    const why = error?.message ?? stderr.toString('utf8').trim();
    throw new ConfigurationError('diff', [`git ${args[0]} failed in ${this.#root}: ${why}`]);
  }

  #git(args: readonly string[], input = '') {
    return spawnSync('git', args, { cwd: this.#root, input, maxBuffer: MAX_BYTES });
  }
}

/** `<id> blob <bytes>\n<content>\n`, again and again. @see https://git-scm.com/docs/git-cat-file */
function textsOf(batch: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < batch.length; ) {
    const end = batch.indexOf('\n', at);
    const size = Number(batch.toString('latin1', at, end).split(' ')[2]);
    texts.push(batch.toString('utf8', end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return texts;
}
