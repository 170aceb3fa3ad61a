import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copiedBy, digestOf, oldLayers, outdated } from './content.ts';

let root: string;
const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const digest = (settings: unknown = {}) =>
  digestOf({ root, paths: ['file', 'folder'], ignored: (path) => path.endsWith('.test.ts') }, settings);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-content-'));
  mkdirSync(join(root, 'folder', 'node_modules'), { recursive: true });
  write('file', 'a');
  write('folder/one', 'b');
  write('folder/two', 'c');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('the same content is the same image', () => {
  const before = digest();
  write('folder/one', 'b');
  expect(digest()).toBe(before);
  expect(before).toMatch(/^[0-9a-f]{12}$/);
});

test.each([
  ['a changed file', () => write('file', 'z')],
  ['a file that is not there any more', () => rmSync(join(root, 'folder', 'two'))],
  ['a renamed one', () => renameSync(join(root, 'folder', 'two'), join(root, 'folder', 'zwei'))],
  ['a new one', () => write('folder/three', '')],
  ['content that moved from one to the next', () => [write('folder/one', 'bc'), write('folder/two', '')]],
])('%s makes another', (_, change) => {
  const before = digest();
  change();
  expect(digest()).not.toBe(before);
});

test('so do other arguments of the build', () => {
  expect(digest({ SERVICE: 'api' })).not.toBe(digest({ SERVICE: 'scaler' }));
});

test('what goes into no image makes none', () => {
  const before = digest();
  write('folder/one.test.ts', '');
  write('folder/node_modules/x', '');
  expect(digest()).toBe(before);
});

test('a Dockerfile says what it copies from its context', () => {
  const dockerfile =
    'FROM a AS b\nCOPY one two/three ./\nCOPY --chown=1:1 four /x\nCOPY --from=b /five /five\nCOPY one /y\n';
  expect(copiedBy(dockerfile)).toEqual(['one', 'two/three', 'four']);
});

const HOUR = 3_600_000;
const usedBefore = (hours: readonly number[]) =>
  hours.map((before) => ({ path: `${before} h`, usedAt: 1_000 * HOUR - before * HOUR }));

test('of one image the three archives that were last used are kept for a week', () => {
  expect(outdated(usedBefore([30, 2, 26, 28, 170]), 1_000 * HOUR)).toEqual(['30 h', '170 h']);
  expect(outdated(usedBefore([170, 2]), 1_000 * HOUR)).toEqual(['170 h']);
});

test('an archive that was used within the hour is kept, however many there are', () => {
  expect(outdated(usedBefore([0.1, 0.2, 0.3, 0.4, 0.5, 1.1]), 1_000 * HOUR)).toEqual(['1.1 h']);
});

test('layers of builds of the last day are kept for the next one', () => {
  const layers = [1, 23.9, 24.1, 900].map((hours) => ({ id: `${hours} h`, created: (1_000 - hours) * 3600 }));
  expect(oldLayers(layers, 1_000 * HOUR)).toEqual(['24.1 h', '900 h']);
});
