import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../up/processes.ts';
import { type Bundles, prepareBundles } from './bundles.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sluice-bundles-'));

/** The compiled code that Node took from the cache, by what it says of it. */
function start(bundles: Bundles): { status: number | null; said: string } {
  const [program, ...args] = bundles.command('topology');
  const env = {
    PATH: process.env.PATH,
    ...bundles.env,
    NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
    HTTP_PORT: 'none',
  };
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

it('are built once, taken from the cache with their compiled code, and built again when a source changes', async () => {
  const root = join(scratch, 'checkout');
  mkdirSync(root);
  for (const name of ['services', 'policy', 'package.json', 'package-lock.json'])
    cpSync(join(repositoryRoot, name), join(root, name), { recursive: true });
  symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
  const cache = join(scratch, 'cache');
  mkdirSync(join(cache, 'forgotten'), { recursive: true });
  utimesSync(join(cache, 'forgotten'), 0, 0);
  const prepare = () => prepareBundles({ root, cache, services: ['topology'] });
  const [one, same] = await Promise.all([prepare(), prepare()]);
  expect(same.command('topology')).toEqual(one.command('topology'));
  expect(readdirSync(cache)).toHaveLength(1);
  const { status, said } = start(one);
  expect(status).toBe(2);
  expect(said).toContain('invalid configuration');
  expect(said).toMatch(/main\.mjs.*was accepted/);
  writeFileSync(join(root, 'services', 'topology', 'added.ts'), 'export const added = 1;\n');
  const other = await prepare();
  expect(other.command('topology')).not.toEqual(one.command('topology'));
  expect(readdirSync(cache)).toHaveLength(2);
});
