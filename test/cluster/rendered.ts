/** dist as text and as data: the API server gets the very bytes that are committed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';

export const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

export interface Manifest {
  /** Below dist/. */
  readonly path: string;
  readonly environment: string;
  readonly text: string;
  readonly object: KubernetesObject;
}

/** @param root a dist folder; each of its folders is an environment */
export const manifestsIn = (root: string): Manifest[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, environment: path.split('/')[0] ?? '', text, object: parse(text) };
    });

export const manifests = manifestsIn(DIST);

export const environments = [...new Set(manifests.map(({ environment }) => environment))];

/** An environment's objects of the given kinds; of all where none is given. */
export const manifestsOf = (environment: string, ...kinds: string[]): Manifest[] =>
  manifests.filter(
    (each) => each.environment === environment && (kinds.length === 0 || kinds.includes(each.object.kind)),
  );

export const objectsOf = (environment: string, ...kinds: string[]): KubernetesObject[] =>
  manifestsOf(environment, ...kinds).map(({ object }) => object);

/** One object of dist. @throws Error where there is none of that kind and name */
export function objectOf(environment: string, kind: string, name: string): KubernetesObject {
  const found = objectsOf(environment, kind).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`dist/${environment} has no ${kind} '${name}'`);
  return found;
}
