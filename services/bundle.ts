// biome-ignore lint/style/noRestrictedImports: a build reads and writes files
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { bundleForBrowsers } from './browser-bundle.ts';
import { leanBuiltins } from './lean-builtins.ts';

/** The services that an image is built of, by the names of their folders. */
export const SERVICES = [
  'api',
  'board',
  'collector',
  'consumer',
  'exporter',
  'inject',
  'journal',
  'log-gate',
  'log-reports',
  'process',
  'publisher',
  'query',
  'queue-exporter',
  'scaler',
  'store-backup',
  'topology',
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Some packages are CommonJS and call `require` for Node's own modules; in an ES module there is none. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`;

/**
 * Writes DIRECTORY/main.mjs and, for what is loaded only when needed, chunks beside it: all of a service but
 * Node itself. Start-up reads one file where it would read some hundred.
 */
export async function bundle(service: ServiceName, directory: string): Promise<void> {
  await build({
    entryPoints: { main: join(import.meta.dirname, service, 'main.ts') },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    // Identifiers stay: with short ones, keeping the names that errors show costs a call a function at each start.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    plugins: [leanBuiltins],
    // What sources bundle when they start lies beside a bundle already.
    external: ['esbuild'],
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'warning',
  });
  copyAssets(service, directory);
}

/**
 * Files that a service sends: those of its folder `assets` and those of packages that its package.json names, as they
 * are, and the programs for browsers that it names, bundled.
 */
function copyAssets(service: ServiceName, directory: string): void {
  const folder = join(import.meta.dirname, service);
  const to = (name: string): string => join(directory, 'assets', name);
  const { assets = {}, programs = {} } = manifestOf(folder);
  if (Object.keys({ ...assets, ...programs }).length > 0) mkdirSync(to(''), { recursive: true });
  for (const path of globSync('assets/*.{css,js,svg}', { cwd: folder }))
    cpSync(join(folder, path), to(basename(path)));
  const { resolve } = createRequire(import.meta.url);
  for (const [name, file] of Object.entries(assets)) cpSync(resolve(file), to(name));
  for (const [name, entry] of Object.entries(programs))
    writeFileSync(to(name), bundleForBrowsers(join(folder, entry)));
}

/** Name of a file -> what it is made of. */
type Named = Readonly<Record<string, string>>;

const manifestOf = (folder: string): { readonly assets?: Named; readonly programs?: Named } =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

type Wanted = readonly [service: ServiceName, directory: string];

/** @returns undefined where a service is unknown or has no directory */
function wantedOf([name, directory, ...others]: readonly string[]): Wanted[] | undefined {
  const service = SERVICES.find((known) => known === name);
  if (service === undefined || directory === undefined) return undefined;
  const more = others.length === 0 ? [] : wantedOf(others);
  return more && [[service, directory], ...more];
}

if (import.meta.main) {
  const wanted = wantedOf(process.argv.slice(2));
  if (wanted === undefined) {
    process.stderr.write(`usage: node services/bundle.ts ${SERVICES.join('|')} DIRECTORY ...\n`);
    process.exit(2);
  }
  for (const [service, directory] of wanted) await bundle(service, directory);
}
