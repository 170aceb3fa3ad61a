#!/usr/bin/env node
/** `node scripts/ci/write-images.ts NAME=REFERENCE...`: makes apps/images.ts name what was just pushed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FaultsError } from '@sluice/policy';

const IMAGES = fileURLToPath(new URL('../../apps/images.ts', import.meta.url));
const REFERENCE = /^ghcr\.io(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*){2,}:[\w][\w.-]{0,127}@sha256:[0-9a-f]{64}$/;
const UPDATE = /^([^=]*)=(.*)$/s;
/** One image of apps/images.ts: its key as it is written, its name, its reference. */
const ENTRY = /^( {2}'?([\w-]+)'?):\s*'[^'\n]*',$/gm;
/** The formatter's; a longer reference stands on a line of its own. */
const LINE_WIDTH = 110;

export class ImageUpdateError extends FaultsError {
  override readonly name = 'ImageUpdateError';

  constructor(faults: readonly string[]) {
    super('Invalid image updates', faults);
  }
}

/**
 * Puts references into the text of apps/images.ts; everything else stays as it is.
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
    return reference === undefined ? old : line(key, reference);
  });
}

function faultsOf(source: string, pairs: readonly [string, string][], updates: readonly string[]): string[] {
  if (pairs.length === 0) return ["'updates' () must be at least one NAME=REFERENCE"];
  const known = new Set([...source.matchAll(ENTRY)].map(([, , name = '']) => name));
  return pairs.flatMap(([name, reference], index) => {
    const update = updates[index] ?? '';
    if (!UPDATE.test(update)) return [`'update' (${update}) must be NAME=REFERENCE`];
    return [
      ...(known.has(name) ? [] : [`'name' (${name}) must be an image of apps/images.ts`]),
      ...(REFERENCE.test(reference)
        ? []
        : [`'${name}' (${reference}) must be ghcr.io/OWNER/NAME:TAG@sha256:<64 hex digits>`]),
    ];
  });
}

const repeated = (names: readonly string[]): string[] =>
  [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `'name' (${name}) must be given once`,
  );

function line(key: string, reference: string): string {
  const short = `${key}: '${reference}',`;
  return short.length <= LINE_WIDTH ? short : `${key}:\n    '${reference}',`;
}

if (import.meta.main) {
  try {
    writeFileSync(IMAGES, writeImages(readFileSync(IMAGES, 'utf8'), process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof ImageUpdateError)) throw error;
    process.stderr.write(`${error.faults.map((fault) => `write-images: ${fault}`).join('\n')}\n`);
    process.exitCode = 2;
  }
}
