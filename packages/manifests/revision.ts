import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { ConfigurationError } from '../contracts/errors.ts';

/** Path below dist/ -> text. */
type Files = ReadonlyMap<string, string>;

/** Enough for the manifests of a large fleet; more is a mistake worth an error. */
const MAX_BYTES = 512 * 1024 * 1024;

/** A git repository, read by few processes: one `ls-tree` and one `cat-file` a revision. */
export class Repository {
  readonly #root: string;
  readonly #command: string;

  /**
   * @param root The work tree or a folder in it.
   * @param command Whose errors they are.
   */
  constructor(root: string, command = 'diff') {
    this.#root = root;
    this.#command = command;
  }

  /** The commit's id, or undefined where the name means none. @throws {ConfigurationError} where git cannot look */
  resolve(revision: string): string | undefined {
    const commit = `${revision}^{commit}`;
    const result = this.#git(['rev-parse', '--verify', '--quiet', '--end-of-options', commit]);
    if (result.status === 0) return result.stdout.toString('utf8').trim();
    // Quiet about an unknown name, it still says what is wrong with the repository.
    if (result.error !== undefined || result.status === 128) throw this.#failure('rev-parse', result);
    return undefined;
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
    const result = this.#git(args, input);
    if (result.status !== 0) throw this.#failure(args[0] ?? '', result);
    return result.stdout;
  }

  #failure(command: string, { error, stderr }: SpawnSyncReturns<Buffer>): ConfigurationError {
    const why = error?.message ?? stderr.toString('utf8').trim();
    return new ConfigurationError(this.#command, [`git ${command} failed in ${this.#root}: ${why}`]);
  }

  #git(args: readonly string[], input = ''): SpawnSyncReturns<Buffer> {
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
