import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundles, prepareBundles } from '../cli/local/bundles.ts';
import { repositoryRoot } from '../cli/up/processes.ts';
import { SERVICES, type ServiceName } from './bundle.ts';

/** What a start reads; a library that slips into it (the Kubernetes client alone is 1.7 MB) shows here. */
const MOST_BYTES = 1_500_000;
/** Those that bring a client of a store (BullMQ, Fastify, the drivers of MongoDB and Elasticsearch), or the simulator. */
const MOST_BYTES_OF: Readonly<Partial<Record<string, number>>> = {
  ...{ board: 1_700_000, inject: 3_500_000, process: 3_500_000, journal: 4_200_000, query: 6_000_000 },
};
/** Services that run with no variable set. */
const UNDEMANDING: readonly string[] = ['api'];

const root = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Dear to load (undici 25 ms of CPU, tls 15), and of no use before something is asked over the network. */
const NOT_AT_A_START = ['internal/deps/undici/undici', 'tls', 'http', 'http2', 'cluster'];
const tellsBuiltins = join(root, 'tells-builtins.cjs');
writeFileSync(
  tellsBuiltins,
  `process.on('exit', () => require('fs').writeFileSync(process.env.LOADED, process.moduleLoadList.join('\\n')));`,
);

/** A main that does no more than choose another module has that one read: the largest stands for it. */
function startBytesOf(directory: string): number {
  const bytes = (file: string) => statSync(join(directory, file)).size;
  const main = bytes('main.mjs');
  return main > 1000 ? main : Math.max(...globSync('*.mjs', { cwd: directory }).map(bytes));
}

/** Each is built once for all that start it, and once for the same sources. */
let bundles: Bundles;
beforeAll(async () => {
  bundles = await prepareBundles({ root: repositoryRoot, services: SERVICES });
});
const bundled = (service: ServiceName): string => dirname(bundles.command(service)[1] ?? '');

describe.each(SERVICES)('the bundle of %s', (service) => {
  it('starts alone and reports every fault of its configuration in one line', () => {
    // Far from any node_modules: what a bundle does not hold, it cannot find there.
    const directory = bundled(service);
    expect(startBytesOf(directory)).toBeLessThan(MOST_BYTES_OF[service] ?? MOST_BYTES);
    const env = { PATH: process.env.PATH, HTTP_PORT: '99999', LOG_LEVEL: 'loud' };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['main.mjs'], {
      ...{ cwd: directory, env, encoding: 'utf8' },
    });
    expect([status, stderr]).toEqual([2, '']);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(1);
    const { msg, faults } = JSON.parse(lines[0] ?? '');
    expect(msg).toBe('invalid configuration');
    expect(faults).toEqual(
      expect.arrayContaining([
        "'LOG_LEVEL' (loud) must be one of trace, debug, info, warn, error, fatal, silent",
        "'HTTP_PORT' (99999) must be an integer from 0 to 65535",
        ...(UNDEMANDING.includes(service) ? [] : [expect.stringContaining('must be set')]),
      ]),
    );
  });
});

it.each(['consumer', 'publisher', 'scaler', 'topology'] as const)(
  'a start of %s loads neither what it may never use nor what zod says in fifty languages',
  (service) => {
    const directory = bundled(service);
    expect(readFileSync(join(directory, 'main.mjs'), 'utf8')).not.toContain('Entrée invalide');
    const loaded = join(root, `${service}-loaded`);
    const env = { PATH: process.env.PATH, HTTP_PORT: 'none', LOADED: loaded };
    spawnSync(process.execPath, ['--require', tellsBuiltins, 'main.mjs'], { cwd: directory, env });
    const modules = readFileSync(loaded, 'utf8').split('\n');
    expect(modules).toContain('NativeModule net');
    expect(NOT_AT_A_START.filter((name) => modules.includes(`NativeModule ${name}`))).toEqual([]);
  },
  30_000,
);
