#!/usr/bin/env node
/**
 * `node scripts/ci/pin-images.ts [--check]`: gives each image of environments/images.ts, and each base image of
 * services/Dockerfile, the digest that its registry has for its tag. What has one keeps it: Renovate moves both
 * together. Images that are built here get theirs from the workflow 'images'. `--check` changes nothing; exit code 1
 * where a digest is missing, or where a registry did not return one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SERVICES } from '../../services/bundle.ts';
import { digestOf, type ImageReference, parseReference, RegistryError } from './registry.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const FILES = ['environments/images.ts', 'services/Dockerfile'];

/** A reference in quotes, or the default of a Dockerfile's argument. */
const PLACES = /(?<=')[a-z0-9][^'\s]*\/[^'\s]+(?=')|(?<=^ARG \w+=)[a-z0-9]\S*\/\S+$/gm;
/** Their digests are known when they are pushed. */
const BUILT_HERE = new RegExp(`^[^/]+(?:/[^/]+)*/(${SERVICES.join('|')}):`);

/** The images of a text that others build and that have no digest, each once. */
export const unpinnedIn = (text: string): ImageReference[] =>
  [...new Set(text.match(PLACES) ?? [])]
    .filter((reference) => !BUILT_HERE.test(reference))
    .flatMap((reference) => parseReference(reference) ?? [])
    .filter(({ digest }) => digest === undefined);

const textOf = ({ host, name, tag }: ImageReference): string => `${host}/${name}:${tag}`;

/** The text with every digest that a registry returned, and the faults of the rest. */
export async function pin(
  text: string,
  resolve: (image: ImageReference) => Promise<string> = digestOf,
): Promise<{ readonly text: string; readonly faults: readonly string[] }> {
  const faults: string[] = [];
  const digests = new Map<string, string>();
  for (const image of unpinnedIn(text))
    try {
      digests.set(textOf(image), await resolve(image));
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      faults.push(error.message);
    }
  const pinned = text.replaceAll(PLACES, (reference) => {
    const digest = digests.get(reference);
    return digest === undefined ? reference : `${reference}@${digest}`;
  });
  return { text: pinned, faults };
}

async function main(isCheck: boolean): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const path of FILES.map(root)) {
    const before = readFileSync(path, 'utf8');
    if (isCheck) {
      faults.push(...unpinnedIn(before).map((image) => `${textOf(image)} has no digest`));
      continue;
    }
    const after = await pin(before);
    faults.push(...after.faults);
    if (after.text !== before) writeFileSync(path, after.text);
  }
  return faults;
}

if (import.meta.main) {
  const faults = await main(process.argv.includes('--check'));
  process.stderr.write(faults.map((fault) => `pin-images: ${fault}\n`).join(''));
  process.exitCode = faults.length > 0 ? 1 : 0;
}
