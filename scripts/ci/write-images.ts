#!/usr/bin/env node
/** `node scripts/ci/write-images.ts NAME=REFERENCE...`: makes environments/images.ts name what was just pushed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FaultsError } from '@sluice/policy';
import { organization } from '../../environments/organization.ts';

const IMAGES = fileURLToPath(new URL('../../environments/images.ts', import.meta.url));
const { registry } = organization;
/** Below the registry: a name, a tag and a digest. */
const REFERENCE = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[\w][\w.-]{0,127}@sha256:[0-9a-f]{64}$/;
const UPDATE = /^([^=]*)=(.*)$/s;
/** One image of environments/images.ts that is built here: its key as it is written, its name, its reference. */
const ENTRY = /^( {2}'?([\w-]+)'?): `\$\{registry\}\/[^`\n]*`,$/gm;

/** A digest that cannot be written into environments/images.ts; the message has every fault. */
export class ImageUpdateError extends FaultsError {
  override readonly name = 'ImageUpdateError';

  constructor(faults: readonly string[]) {
    super('Invalid image updates', faults);
  }
}

/**
 * Puts references into the text of environments/images.ts; everything else stays as it is.
 * @param updates Each `NAME=REFERENCE`, the reference with tag and digest: a tag alone may move later.
 * @returns the same text where it names those references already
 * @throws ImageUpdateError naming every fault of every update
 */
export function writeImages(source: string, updates: readonly string[]): string {
  const pairs = updates.map((update): [string, string] => {
    const [, name = '', reference = ''] = UPDATE.exec(update) ?? [];
    return [name, reference];
  });
  const faults = [...faultsOf(source, pairs, updates), ...repeated(pairs.map(([name]) => name))];
  if (faults.length > 0) throw new ImageUpdateError(faults);
  const references = new Map(pairs);
  return source.replace(ENTRY, (old, key: string, name: string) => {
    const reference = references.get(name);
    return reference === undefined ? old : `${key}: \`\${registry}${reference.slice(registry.length)}\`,`;
  });
}

function faultsOf(source: string, pairs: readonly [string, string][], updates: readonly string[]): string[] {
  if (pairs.length === 0) return ["'updates' () must be at least one NAME=REFERENCE"];
  const known = new Set([...source.matchAll(ENTRY)].map(([, , name = '']) => name));
  return pairs.flatMap(([name, reference], index) => {
    const update = updates[index] ?? '';
    if (!UPDATE.test(update)) return [`'update' (${update}) must be NAME=REFERENCE`];
    return [
      ...(known.has(name)
        ? []
        : [`'name' (${name}) must be an image of environments/images.ts that is built here`]),
      ...(isOwn(reference)
        ? []
        : [`'${name}' (${reference}) must be ${registry}/NAME:TAG@sha256:<64 hex digits>`]),
    ];
  });
}

const repeated = (names: readonly string[]): string[] =>
  [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `'name' (${name}) must be given once`,
  );

/** Another registry is another organisation's: environments/organization.ts says which is this one's. */
const isOwn = (reference: string): boolean =>
  reference.startsWith(`${registry}/`) && REFERENCE.test(reference.slice(registry.length + 1));

if (import.meta.main) {
  try {
    writeFileSync(IMAGES, writeImages(readFileSync(IMAGES, 'utf8'), process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof ImageUpdateError)) throw error;
    process.stderr.write(`${error.faults.map((fault) => `write-images: ${fault}`).join('\n')}\n`);
    process.exitCode = 2;
  }
}
