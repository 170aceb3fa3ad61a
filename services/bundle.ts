// biome-ignore lint/style/noRestrictedImports: a build reads and writes files
import { cpSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { leanBuiltins } from './lean-builtins.ts';

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
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'warning',
  });
  copyAssets(service, directory);
}

/** Files that a service sends as they are: those of its folder `assets`, and those of packages that its package.json names. */
function copyAssets(service: ServiceName, directory: string): void {
  const folder = join(import.meta.dirname, service);
  const to = (name: string): string => join(directory, 'assets', name);
  for (const path of globSync('assets/*.{css,js,svg}', { cwd: folder }))
    cpSync(join(folder, path), to(basename(path)));
  const { resolve } = createRequire(import.meta.url);
  const { assets = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly assets?: Readonly<Record<string, string>>;
  };
  for (const [name, file] of Object.entries(assets)) cpSync(resolve(file), to(name));
}

if (import.meta.main) {
  const [service = '', directory = ''] = process.argv.slice(2);
  const known = SERVICES.find((name) => name === service);
  if (known === undefined || directory === '') {
    process.stderr.write(`usage: node services/bundle.ts ${SERVICES.join('|')} DIRECTORY\n`);
    process.exit(2);
  }
  await bundle(known, directory);
}
