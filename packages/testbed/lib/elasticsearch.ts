import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { TestbedError } from '../cluster.ts';
import { cacheDir } from './dirs.ts';
import { withLock } from './lock.ts';
import { ensurePackages } from './packages.ts';
import { run } from './run.ts';
import { step } from './say.ts';

/** Elasticsearch from Maven Central: its jars by their digests, and a main of its own; cached by what they are. */
const sources = join(import.meta.dirname, '..', 'tools', 'elasticsearch');
const DOWNLOADS = 8;
const DOWNLOAD_MS = 120_000;

/** Debian's package -> a file that it brings. */
const javaPackages = { 'openjdk-17-jdk-headless': '/usr/bin/javac' };

interface Jar {
  readonly sha256: string;
  readonly path: string;
}

/** The jars of a list as sha256sum writes it. */
export function jarsOf(list: string): readonly Jar[] {
  return list
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [sha256 = '', path = ''] = line.split(/\s+/);
      if (!/^[\da-f]{64}$/.test(sha256) || !path.endsWith('.jar'))
        throw new TestbedError(`'${line}' must be a SHA-256 and the path of a jar`);
      return { sha256, path };
    });
}

function digestOfSources(): string {
  const digest = createHash('sha256');
  for (const file of readdirSync(sources).sort())
    digest.update(file).update(readFileSync(join(sources, file)));
  return digest.digest('hex').slice(0, 12);
}

/** @throws TestbedError where Maven Central has another file or none */
async function download({ sha256, path }: Jar, into: string): Promise<void> {
  const base = process.env.MAVEN_REPOSITORY_URL ?? 'https://repo1.maven.org/maven2';
  const response = await fetch(`${base}/${path}`, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!response.ok) throw new TestbedError(`${base}/${path} answers ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new TestbedError(`'${path}' (${found}) must have the SHA-256 ${sha256}`);
  writeFileSync(join(into, basename(path)), bytes);
}

async function build(into: string): Promise<void> {
  const waiting = [...jarsOf(readFileSync(join(sources, 'jars.txt'), 'utf8'))];
  mkdirSync(into, { recursive: true });
  const lane = async (): Promise<void> => {
    for (let jar = waiting.shift(); jar !== undefined; jar = waiting.shift()) await download(jar, into);
  };
  await Promise.all(Array.from({ length: DOWNLOADS }, lane));
  const main = join(sources, 'EmbeddedElasticsearch.java');
  await run(['javac', '-cp', `${into}/*`, '-d', into, main], { seconds: 300 });
  cpSync(join(sources, 'log4j2.properties'), join(into, 'log4j2.properties'));
}

/** @returns the folder of EmbeddedElasticsearch and of the jars that it needs, made now where it is not there yet */
export async function elasticsearchFolder(): Promise<string> {
  const dir = join(cacheDir, 'tools', `elasticsearch-${digestOfSources()}`);
  if (existsSync(dir)) return dir;
  await ensurePackages(javaPackages);
  return withLock(`${dir}.lock`, async () => {
    if (existsSync(dir)) return dir;
    await step('bringing Elasticsearch from Maven Central (once; about half a minute)', async () => {
      rmSync(`${dir}.partial`, { recursive: true, force: true });
      await build(`${dir}.partial`);
      renameSync(`${dir}.partial`, dir);
    });
    return dir;
  });
}

/** @returns the class path of EmbeddedElasticsearch, made now where it is not there yet */
export async function ensureElasticsearch(): Promise<string> {
  const dir = await elasticsearchFolder();
  return `${dir}:${dir}/*`;
}
