/**
 * The desired state that edits are made in: a copy of what a person may change, kept apart, so that the edits mean the
 * same whatever the repository wants. `npm run edits -- --save` takes what the repository wants now as the example.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Checkout, checkout } from '../support/checkout.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const KEPT = join(import.meta.dirname, 'example');
/** Text, so that no tool takes a copy for a source. */
const SUFFIX = '.txt';

/** What a person changes to want something else, but images and versions, which programs write. */
const FILES = [
  ...['index', 'local', 'production', 'organization'].map((name) => `environments/${name}.ts`),
  ...['index', 'api', 'consumer', 'publisher'].map((name) => `apps/workloads/${name}.ts`),
  ...['inject', 'process', 'journal', 'query', 'transaction-load'].map((name) => `apps/workloads/${name}.ts`),
];

/** Makes the example what the repository wants now. */
export function saveExample(): void {
  rmSync(KEPT, { recursive: true, force: true });
  for (const path of FILES.filter((each) => existsSync(join(ROOT, each)))) {
    const kept = join(KEPT, `${path}${SUFFIX}`);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, readFileSync(join(ROOT, path)));
  }
}

/**
 * A copy of this work tree that wants the example and not yet renders it: for tests of what a command does to a desired
 * state, whatever the repository wants.
 */
export function exampleCheckout(): Checkout {
  const copy = checkout();
  wantExample({ write: (path, text) => writeFileSync(join(copy.root, path), text) });
  return copy;
}

/** Writes the example into a tree. @throws {Error} where there is none */
export function wantExample(tree: { readonly write: (path: string, text: string) => void }): void {
  const paths = readdirSync(KEPT, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith(SUFFIX),
  );
  if (paths.length < 5) throw new Error(`${KEPT} holds no example: 'npm run edits -- --save' writes it`);
  for (const path of paths) tree.write(path.slice(0, -SUFFIX.length), readFileSync(join(KEPT, path), 'utf8'));
}
