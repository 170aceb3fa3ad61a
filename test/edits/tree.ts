import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout, compiledApart } from '../support/checkout.ts';
import { wantExample } from './example.ts';

/** What `npm run synth` does. */
const RENDER = [['cli/main.ts', 'synth'], ['test/synth/golden.ts']] as const;

/** A checkout that edits are made in, checked, and taken back. */
export class Tree {
  readonly root: string;
  /** What was put in place of other text since it was as it was. */
  readonly #put: { readonly path: string; readonly text: string }[] = [];
  /** What files held before they were written here; undefined where there was none. */
  readonly #before = new Map<string, string | undefined>();
  /** Whether a program may have written, too. */
  #ran = false;
  readonly #dispose: () => void;

  private constructor(root: string, dispose: () => void) {
    this.root = root;
    this.#dispose = dispose;
  }

  /**
   * A copy of this work tree that wants the example, as a commit of its own.
   * @param render What is rendered before the first edit. @default dist/ and the golden pages
   * @throws {Error} where it cannot be rendered
   */
  static open(render: readonly (readonly string[])[] = RENDER): Tree {
    const copy = checkout();
    const tree = new Tree(copy.root, () => {
      copy[Symbol.dispose]();
      for (const kept of [tree.types, tree.modules]) rmSync(kept, { recursive: true, force: true });
    });
    wantExample(tree);
    tree.#git('init', '--quiet', '--initial-branch=main');
    for (const args of render) {
      const { status, stderr } = tree.node(args);
      if (status !== 0) throw new Error(`'${args.join(' ')}' ended with ${status}: ${stderr}`);
    }
    tree.#git('add', '--all');
    tree.#git('commit', '--quiet', '--message', 'Want what is wanted');
    return tree;
  }

  /** Where the compiler keeps what it knows: what an edit does not reach is not checked anew. */
  get types(): string {
    return `${this.root}.tsbuildinfo`;
  }

  /** Where the test runner keeps what it has compiled. */
  get modules(): string {
    return `${this.root}.modules`;
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
    this.#remember(path);
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    this.#remember(path);
    rmSync(join(this.root, path));
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

  /** Puts a text behind another, which stays. @throws {Error} where the file does not hold that other */
  insert(path: string, behind: string, text: string): void {
    const before = this.text(path);
    if (!before.includes(behind)) throw new Error(`${path} does not hold ${behind}`);
    this.#put.push({ path, text });
    this.write(
      path,
      before.replace(behind, () => `${behind}${text}`),
    );
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
    if (this.#ran) {
      this.#git('reset', '--quiet', '--hard');
      this.#git('clean', '--quiet', '-fd');
    } else for (const [path, text] of this.#before) this.#restore(join(this.root, path), text);
    this.#ran = false;
    this.#before.clear();
    this.#put.length = 0;
  }

  #remember(path: string): void {
    const whole = join(this.root, path);
    if (!this.#before.has(path)) this.#before.set(path, existsSync(whole) ? this.text(path) : undefined);
  }

  #restore(path: string, text: string | undefined): void {
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
  }

  /** Runs Node there, outside of any test runner. */
  node(args: readonly string[], timeoutSeconds = 300): SpawnSyncReturns<string> {
    this.#ran = true;
    return spawnSync(process.execPath, args, {
      ...{ cwd: this.root, encoding: 'utf8', env: outsideOfTests(), timeout: timeoutSeconds * 1000 },
      maxBuffer: 2 ** 26,
    });
  }

  /** Runs a program of node_modules there. */
  tool(name: string, args: readonly string[]): SpawnSyncReturns<string> {
    this.#ran = true;
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
