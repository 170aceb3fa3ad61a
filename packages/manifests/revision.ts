import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { ConfigurationError } from '../contracts/checks.ts';
import { type Files, isManifest } from './manifests.ts';

/** Enough for the manifests of a large fleet; a single text of 512 MiB is more than V8 holds. */
const MAX_MIB = 500;
const MIB = 1024 * 1024;

/** A git repository, read by few processes: one `ls-tree` and two `cat-file` a revision, one more where it has links. */
export class Repository {
  readonly #root: string;
  readonly #command: string;
  readonly #maxMiB: number;
  /** Blob -> text, of every revision that was read. */
  readonly #texts = new Map<string, string>();

  /**
   * @param root The work tree or a folder in it.
   * @param command Whose errors they are.
   * @param limits `maxMiB`: what the dist/ of one revision may hold in all.
   */
  constructor(root: string, command = 'diff', { maxMiB = MAX_MIB } = {}) {
    this.#root = root;
    this.#command = command;
    this.#maxMiB = maxMiB;
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

  /**
   * The manifests below dist/ of a commit; none where it has no dist/. As Argo CD does, it reads what a symbolic link
   * names inside the repository, and leaves out a link that leads nowhere.
   * @throws {ConfigurationError} naming every file whose content this clone lacks, every link that leaves the
   * repository or leads to itself, every text that is not UTF-8, and the largest file where all are too large
   * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/security/
   */
  dist(commit: string): Files {
    const blobs = this.#blobs(commit);
    if (blobs.size === 0) return blobs;
    const unread = new Map(
      [...blobs].map(([path, id]) => [id, path] as const).filter(([id]) => !this.#texts.has(id)),
    );
    if (unread.size > 0) this.#read(commit, unread);
    return new Map([...blobs].map(([path, id]) => [path, this.#texts.get(id) ?? '']));
  }

  /** Reads blobs that no revision had so far: environments and revisions share most of theirs. */
  #read(commit: string, blobs: ReadonlyMap<string, string>): void {
    const [paths, ids] = [[...blobs.values()], `${[...blobs.keys()].join('\n')}\n`];
    this.#checkSizes(commit, paths, ids);
    const contents = contentsOf(
      this.#must(['cat-file', '--batch'], ids, this.#maxMiB * MIB + ids.length * 3),
    );
    const texts = [...blobs].map(([id, path], index) => ({ id, path, text: textOf(contents[index]) }));
    this.#refuse(
      texts.flatMap(({ path, text }) => (text === undefined ? [`dist/${path} is not UTF-8`] : [])),
    );
    for (const { id, text = '' } of texts) this.#texts.set(id, text);
  }

  /** A partial or damaged clone has the name of a file and not its content; a file may be larger than a text can be. */
  #checkSizes(commit: string, paths: readonly string[], ids: string): void {
    const answers = this.#must(['cat-file', '--batch-check=%(objectsize)'], ids)
      .toString('latin1')
      .trimEnd()
      .split('\n');
    const sized = paths.map((path, index) => ({ path, bytes: Number(answers[index]) }));
    const absent = sized.filter(({ bytes }) => !Number.isSafeInteger(bytes));
    this.#refuse(
      absent.map(({ path }) => `dist/${path} of ${commit} is not in this clone: fetch all of its objects`),
    );
    const total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= this.#maxMiB * MIB) return;
    const largest = sized.reduce((one, other) => (other.bytes > one.bytes ? other : one));
    const limit = `dist/ of ${commit} has ${inMiB(total)}, at most ${this.#maxMiB} MiB are read`;
    this.#refuse([`${limit}; the largest file is dist/${largest.path} with ${inMiB(largest.bytes)}`]);
  }

  /** Path below dist/ -> blob; no submodules. */
  #blobs(commit: string): Files {
    const listing = this.#must(['ls-tree', '-r', '-z', '--full-tree', commit, '--', 'dist/']).toString(
      'utf8',
    );
    const entries = listing.split('\0').flatMap((line): Entry[] => {
      const [, mode = '', id = '', path = ''] = /^(\d+) blob (\w+)\tdist\/(.*)$/s.exec(line) ?? [];
      return isManifest(path) ? [{ isLink: mode === LINK, id, path }] : [];
    });
    const links = this.#followed(
      commit,
      entries.filter(({ isLink }) => isLink),
    );
    const blobs = entries.map(({ isLink, id, path }) => [path, isLink ? links.get(path) : id] as const);
    return new Map(blobs.flatMap(([path, id]) => (id === undefined ? [] : [[path, id]])));
  }

  /** The blobs that links name, by the path of the link; git follows them. */
  #followed(commit: string, links: readonly Entry[]): Files {
    if (links.length === 0) return new Map();
    const names = links.map(({ path }) => `${commit}:dist/${path}`).join('\0');
    const answer = this.#must(['cat-file', '--batch-check', '--follow-symlinks', '-z'], names);
    const ends = endsOf(answer);
    this.#refuse(
      links.flatMap(({ path }, index) => {
        const fault = LINK_FAULTS[ends[index]?.kind ?? ''];
        return fault === undefined ? [] : [`dist/${path} is a symbolic link that ${fault}`];
      }),
    );
    const found = links.map(({ path }, index) => [path, ends[index]] as const);
    return new Map(found.flatMap(([path, end]) => (end?.kind === 'blob' ? [[path, end.id]] : [])));
  }

  #refuse(faults: readonly string[]): void {
    if (faults.length > 0) throw new ConfigurationError(this.#command, faults);
  }

  #must(args: readonly string[], input = '', maxBuffer = this.#maxMiB * MIB): Buffer {
    const result = this.#git(args, input, maxBuffer);
    if (result.status !== 0) throw this.#failure(args[0] ?? '', result);
    return result.stdout;
  }

  #failure(command: string, { error, stderr }: SpawnSyncReturns<Buffer>): ConfigurationError {
    const why = error?.message ?? stderr.toString('utf8').trim();
    return new ConfigurationError(this.#command, [`git ${command} failed in ${this.#root}: ${why}`]);
  }

  #git(args: readonly string[], input = '', maxBuffer = this.#maxMiB * MIB): SpawnSyncReturns<Buffer> {
    return spawnSync('git', args, { cwd: this.#root, input, maxBuffer });
  }
}

/** The mode of a symbolic link in a tree. */
const LINK = '120000';

interface Entry {
  readonly isLink: boolean;
  readonly id: string;
  readonly path: string;
}

const LINK_FAULTS: Readonly<Record<string, string>> = {
  symlink: 'leaves the repository',
  loop: 'leads to itself',
};

interface LinkEnd {
  /** `blob`, `tree`; of a link that leads nowhere here `symlink`, `dangling`, `loop` or `notdir`. */
  readonly kind: string;
  readonly id: string;
}

/** `<id> blob <bytes>\n`, or `symlink <bytes>\n<target>\n`. @see https://git-scm.com/docs/git-cat-file */
function endsOf(answer: Buffer): LinkEnd[] {
  const ends: LinkEnd[] = [];
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf('\n', at);
    const [first = '', second = '', third] = answer.toString('latin1', at, end).split(' ');
    const whole = third !== undefined;
    ends.push(whole ? { kind: second, id: first } : { kind: first, id: '' });
    at = end + 1 + (whole ? 0 : Number(second) + 1);
  }
  return ends;
}

/** `<id> blob <bytes>\n<content>\n`, again and again. @see https://git-scm.com/docs/git-cat-file */
function contentsOf(batch: Buffer): Buffer[] {
  const contents: Buffer[] = [];
  for (let at = 0; at < batch.length; ) {
    const end = batch.indexOf('\n', at);
    const size = Number(batch.toString('latin1', at, end).split(' ')[2]);
    contents.push(batch.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}

/** Undefined for what is not UTF-8: two such texts would both read as replacement characters, and look the same. */
function textOf(content: Buffer | undefined): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

const inMiB = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
