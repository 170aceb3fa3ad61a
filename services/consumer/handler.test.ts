import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ConfigError } from '@sluice/runtime';
import { afterAll, expect, it } from 'vitest';
import { loadHandler } from './handler.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-handler-'));
afterAll(() => rmSync(directory, { recursive: true }));

function moduleOf(name: string, source: string): string {
  const path = join(directory, name);
  writeFileSync(path, source);
  return path;
}

const handles = 'export const handle = (job, { attempt }) => [job.id, attempt];';

it.each([
  ['an absolute path', (path: string) => path],
  ['a path from the working directory', (path: string) => relative(process.cwd(), path)],
])('is loaded from %s', async (_, written) => {
  const handle = await loadHandler(written(moduleOf('good.mjs', handles)));
  expect(await handle({ id: 'r-1' } as never, { attempt: 2, redelivered: false })).toEqual(['r-1', 2]);
});

it.each([
  ['is absent', undefined, 'must be a module that loads'],
  ['throws when it is loaded', "throw new Error('no licence');", 'must be a module that loads: no licence'],
  ['exports no handle', 'export const other = 1;', "must export a function 'handle'"],
  ['exports a handle that is no function', 'export const handle = 1;', "must export a function 'handle'"],
])('is a fault of the configuration when it %s', async (name, source, fault) => {
  const file = `${name.replaceAll(' ', '-')}.mjs`;
  const path = source === undefined ? join(directory, file) : moduleOf(file, source);
  const error = await loadHandler(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).faults).toEqual([expect.stringContaining(`'HANDLER' (${path}) ${fault}`)]);
});
