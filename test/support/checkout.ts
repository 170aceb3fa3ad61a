import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, workTreeFiles } from './work-tree.ts';

/** A copy of this work tree that a test may edit, with its node modules. */
export interface Checkout extends Disposable {
  readonly root: string;
  /** Runs `sluice` there. */
  sluice(...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string };
}

/** For programs of a copy: no later run has its paths, so that what is compiled of them goes with this one. */
export const compiledApart = (): Readonly<Record<string, string>> => ({
  NODE_COMPILE_CACHE: join(tmpdir(), 'compiled-of-copies'),
});

/** Copies what git knows of this work tree, as it stands; the copy is removed when it is disposed of. */
export function checkout(): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'sluice-checkout-'));
  // In a copy the modules are a link, which git does not ignore.
  const paths = workTreeFiles().filter((each) => each !== 'node_modules');
  for (const path of paths) cpSync(join(ROOT, path), join(root, path), { recursive: true, force: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return {
    root,
    sluice: (...args) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(root, 'cli', 'main.ts'), ...args],
        {
          ...{ cwd: root, encoding: 'utf8', env: { ...process.env, ...compiledApart() } },
        },
      );
      return { code: status, out: stdout, err: stderr };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}
