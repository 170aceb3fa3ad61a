import { createHash } from 'node:crypto';
// biome-ignore lint/style/noRestrictedImports: the files are part of the program
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
// A bundle holds copies of what it names.
import manifest from '../package.json' with { type: 'json' };

/** A file that a page loads, ready to be sent. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  /** A sixth smaller; browsers take it over TLS and from loopback. */
  readonly brotli: Buffer;
  /** Changes with the content. */
  readonly version: string;
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Everything that the board serves beside its pages, by name. */
export const ASSETS = [
  ...(['board.css', 'board.js', 'charts.js', 'icon.svg', 'simulator.js'] as const),
  ...(['uPlot.css', 'uPlot.js', 'what-if.js'] as const),
] as const;
export type AssetName = (typeof ASSETS)[number];

/** The folder of the files, beside the program in its sources and in a bundle alike. */
const FOLDER = [join(import.meta.dirname, 'assets'), join(import.meta.dirname, '..', 'assets')];

async function readAsset(name: AssetName): Promise<Buffer> {
  const found = FOLDER.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return readFileSync(found);
  const { assets, programs }: Readonly<Record<'assets' | 'programs', Readonly<Record<string, string>>>> =
    manifest;
  const entry = programs[name];
  if (entry === undefined) return readFileSync(createRequire(import.meta.url).resolve(assets[name] ?? name));
  // Beside the sources there is no bundle: it is made of them, and an edit of the policy is in it.
  const { bundleForBrowsers } = await import('../../browser-bundle.ts');
  return bundleForBrowsers(join(import.meta.dirname, '..', entry));
}

async function load(): Promise<Readonly<Record<AssetName, Asset>>> {
  const entries = ASSETS.map(async (name): Promise<[AssetName, Asset]> => {
    const body = await readAsset(name);
    const version = createHash('sha256').update(body).digest('base64url').slice(0, 10);
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    const [zipped, brotli] = await Promise.all([
      promisify(gzip)(body, { level: 9 }),
      promisify(brotliCompress)(body),
    ]);
    return [name, { type, body, gzip: zipped, brotli, version }];
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<AssetName, Asset>;
}

let loaded: ReturnType<typeof load> | undefined;

/** Every file, read once in a process. @throws Error where one is missing */
export function loadAssets(): Promise<Readonly<Record<AssetName, Asset>>> {
  loaded ??= load();
  return loaded;
}
