import { createHash } from 'node:crypto';
// biome-ignore lint/style/noRestrictedImports: the files are part of the program
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
// A bundle holds copies of what it names.
import manifest from '../package.json' with { type: 'json' };

/** A file that a page loads, ready to be sent. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly compressed: Buffer;
  /** Changes with the content. */
  readonly version: string;
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Everything that the board serves beside its pages, by name. */
export const ASSETS = ['board.css', 'board.js', 'charts.js', 'icon.svg', 'uPlot.css', 'uPlot.js'] as const;
export type AssetName = (typeof ASSETS)[number];

/** The folder of the files, beside the program in its sources and in a bundle alike. */
const FOLDER = [join(import.meta.dirname, 'assets'), join(import.meta.dirname, '..', 'assets')];

function readAsset(name: AssetName): Buffer {
  const found = FOLDER.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return readFileSync(found);
  const packaged: Readonly<Record<string, string>> = manifest.assets;
  return readFileSync(createRequire(import.meta.url).resolve(packaged[name] ?? name));
}

/** Reads every file once. @throws Error where one is missing */
export function loadAssets(): Readonly<Record<AssetName, Asset>> {
  const entries = ASSETS.map((name): [AssetName, Asset] => {
    const body = readAsset(name);
    const version = createHash('sha256').update(body).digest('base64url').slice(0, 10);
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    return [name, { type, body, compressed: gzipSync(body, { level: 9 }), version }];
  });
  return Object.fromEntries(entries) as Record<AssetName, Asset>;
}
