import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout, compiledApart } from '../support/checkout.ts';
import { wantExample } from './example.ts';

/** A checkout that edits are made in, checked, and taken back. */
export class Tree {
  readonly root: string;
  /** What was put in place of other text since it was as it was. */
  readonly #put: { readonly path: string; readonly text: string }[] = [];
  readonly #dispose: () => void;

  private constructor(root: string, dispose: () => void) {
    this.root = root;
    this.#dispose = dispose;
  }

  /** A copy of this work tree that wants the example, rendered, as a commit of its own. @throws {Error} where it cannot be rendered */
  static open(): Tree {
    const copy = checkout();
    const tree = new Tree(copy.root, () => {
      copy[Symbol.dispose]();
      rmSync(`${copy.root}.tsbuildinfo`, { force: true });
    });
    wantExample(tree);
    tree.#git('init', '--quiet', '--initial-branch=main');
    for (const args of [['cli/main.ts', 'synth'], ['test/synth/golden.ts']]) {
      const { status, stderr } = tree.node(args);
      if (status !== 0) throw new Error(`'${args.join(' ')}' ended with ${status}: ${stderr}`);
    }
    tree.#git('add', '--all');
    tree.#git('commit', '--quiet', '--message', 'Want what is wanted');
    return tree;
  }

  text(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** The one file of the desired state that holds a text. @throws {Error} where none does, or several do */
  fileWith(text: string): string {
    const args = ['grep', '--fixed-strings', '--files-with-matches', text, '--', 'apps', 'environments'];
    const { stdout } = spawnSync('git', args, { cwd: this.root, encoding: 'utf8' });
    const found = stdout.split('\n').filter((path) => path !== '' && !/\.test\.ts$|\/testing\//.test(path));
    const [file] = found;
    if (file === undefined || found.length > 1)
      throw new Error(`'${text}' is in ${found.length} files of the desired state: ${found.join(', ')}`);
    return file;
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** @throws {Error} where the text does not hold what is replaced: the edit no longer means anything */
  replace(path: string, from: string | RegExp, to: string | ((whole: string, part: string) => string)): void {
    const before = this.text(path);
    const after = before.replace(from, (whole, part) => {
      const text = typeof to === 'string' ? to : to(whole, part);
      this.#put.push({ path, text });
      return text;
    });
    if (after === before) throw new Error(`${path} does not hold ${from}`);
    this.write(path, after);
  }

  /** Whether all that was put in place of other text is still there: a later edit may have replaced it. */
  holdsAll(): boolean {
    return this.#put.every(({ path, text }) => this.text(path).includes(text));
  }

  /** Paths that differ from the commit, dist/ and golden pages aside. */
  changed(): string[] {
    const { stdout } = spawnSync('git', ['status', '--porcelain', '-uall'], {
      ...{ cwd: this.root, encoding: 'utf8' },
    });
    return stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(' D'))
      .map((line) => line.slice(3))
      .filter((path) => !/^(dist|test\/synth\/golden)\//.test(path));
  }

  /** Whether dist/ is other than it was. */
  renders(): boolean {
    const args = ['status', '--porcelain', '--', 'dist'];
    return spawnSync('git', args, { cwd: this.root, encoding: 'utf8' }).stdout !== '';
  }

  /** Everything as it was. */
  revert(): void {
    this.#git('reset', '--quiet', '--hard');
    this.#git('clean', '--quiet', '-fd');
    this.#put.length = 0;
  }

  /** Runs Node there, outside of any test runner. */
  node(args: readonly string[], timeoutSeconds = 300): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, args, {
      ...{ cwd: this.root, encoding: 'utf8', env: outsideOfTests(), timeout: timeoutSeconds * 1000 },
      maxBuffer: 2 ** 26,
    });
  }

  /** Runs a program of node_modules there. */
  tool(name: string, args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync(join(this.root, 'node_modules', '.bin', name), args, {
      ...{ cwd: this.root, encoding: 'utf8', env: outsideOfTests(), maxBuffer: 2 ** 26 },
    });
  }

  [Symbol.dispose](): void {
    this.#dispose();
  }

  #git(...args: string[]): void {
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: this.root,
    });
  }
}

/** A test runner that another one starts must not take itself for one of its workers. */
const outsideOfTests = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|TEST$|NODE_ENV$)/.test(name)),
  ),
  ...compiledApart(),
});
