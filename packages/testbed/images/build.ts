/** Images from Dockerfiles, without a registry where none answers. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { TestbedError } from '../cluster.ts';
import { cacheDir } from '../lib/dirs.ts';
import { elasticsearchFolder } from '../lib/elasticsearch.ts';
import { withLock } from '../lib/lock.ts';
import { step } from '../lib/say.ts';
import { buildah, exportArchive, removeOldLayers, tagOf } from './buildah.ts';
import { digestOf, type Inputs, outdated } from './content.ts';
import { baseArguments, ensureStandin, registryOf } from './standin.ts';

/** An image that is built from a Dockerfile. */
export interface Build {
  /** What pods name it. */
  readonly reference: string;
  readonly dockerfile: string;
  /** Folder that the Dockerfile copies from. */
  readonly context: string;
  readonly args?: Readonly<Record<string, string>>;
  /** Stage to build. @default the last */
  readonly target?: string;
}

/** Builds and exports the image. */
async function buildImage(archive: string, build: Build): Promise<void> {
  const args = Object.entries(build.args ?? {}).flatMap(([name, value]) => [
    '--build-arg',
    `${name}=${value}`,
  ]);
  const target = build.target === undefined ? [] : ['--target', build.target];
  const what = [
    ...hostCertificates(),
    '--layers',
    '--pull-never',
    ...args,
    ...target,
    '--tag',
    tagOf(build.reference),
    '--file',
    build.dockerfile,
  ];
  await step(`image ${build.reference}`, async () => {
    await buildah(['bud', '--quiet', ...what, build.context], 1800);
    await exportArchive(build.reference, archive);
    await removeOldLayers();
  });
}

/** Removes the archives of other content of the same image that are no longer kept. */
function removeOld(folder: string, name: string): void {
  const archives = readdirSync(folder)
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith('.tar'))
    .map((file) => join(folder, file));
  const used = archives.map((path) => ({ path, usedAt: statSync(path).mtimeMs }));
  for (const path of outdated(used, Date.now())) rmSync(path, { force: true });
}

function contentOf({ args, dockerfile, reference, target }: Build, inputs: Inputs): string {
  return digestOf(inputs, { args, dockerfile: readFileSync(dockerfile, 'utf8'), reference, target });
}

/**
 * @param name of the archive
 * @param inputs what the build reads beside the Dockerfile and its arguments
 * @returns the OCI archive, built once for each content
 */
export async function ensureImage(name: string, build: Build, inputs: Inputs): Promise<string> {
  const key = contentOf(build, inputs);
  const folder = join(cacheDir, 'images');
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `${name}-${key}.tar`);
  return withLock(`${archive}.lock`, async () => {
    if (!existsSync(archive)) {
      await buildImage(archive, build);
      if (contentOf(build, inputs) !== key) {
        rmSync(archive);
        throw new TestbedError(
          `files of image ${build.reference} were edited while it was built: run it again`,
        );
      }
    }
    utimesSync(archive, new Date(), new Date());
    removeOld(folder, name);
    return archive;
  });
}

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Behind a proxy with a certificate of its own, a build must know it as this machine does. */
const hostCertificates = (): string[] =>
  process.env.NODE_EXTRA_CA_CERTS === CERTIFICATES ? ['--volume', `${CERTIFICATES}:${CERTIFICATES}:ro`] : [];

/** Whether the registry of an image can be reached from this machine. */
export async function registryAnswers(image: string): Promise<boolean> {
  try {
    const response = await fetch(`https://${registryOf(image)}/v2/`, { signal: AbortSignal.timeout(5000) });
    // 401 asks for a token, as registries do; anything else is a proxy's refusal.
    return response.status === 200 || response.status === 401;
  } catch {
    return false;
  }
}

/** @returns arguments that put the stand-in in the place of every base whose registry does not answer */
export async function standinArguments(dockerfile: string): Promise<Record<string, string>> {
  const bases = Object.entries(baseArguments(readFileSync(dockerfile, 'utf8')));
  const standins: [string, string][] = [];
  for (const [name, image] of bases) {
    if (!(await registryAnswers(image))) standins.push([name, await ensureStandin()]);
  }
  return Object.fromEntries(standins);
}

/** A queue worker in Python, as pods name it. */
export const pythonWorker = 'sluice.test/python-worker:1';

/** The name of the RabbitMQ stand-in in the cluster. */
export const rabbitmqStandin = 'localhost/sluice-standin/rabbitmq:debian-bookworm';

/** An image of the folder that is named after it, on the stand-in base. */
async function ensureStandinImage(name: string, reference: string, context?: string): Promise<string> {
  const folder = join(import.meta.dirname, name);
  const build = {
    reference,
    dockerfile: join(folder, 'Dockerfile'),
    context: context ?? folder,
    args: { BASE: await ensureStandin() },
  };
  return ensureImage(name, build, { root: build.context, paths: ['.'] });
}

/** @returns the OCI archive of a queue worker in Python */
export const ensurePythonWorkerImage = (): Promise<string> =>
  ensureStandinImage('python-worker', pythonWorker);

/**
 * @param reference what pods name it. @default rabbitmqStandin
 * @returns the OCI archive of RabbitMQ from Debian on the stand-in base
 */
export const ensureRabbitmqImage = (reference = rabbitmqStandin): Promise<string> =>
  ensureStandinImage('rabbitmq', reference);

/**
 * @param reference what pods name it
 * @returns the OCI archive of Debian's Redis with the names of Valkey's programs, on the stand-in base
 */
export const ensureValkeyImage = (reference: string): Promise<string> =>
  ensureStandinImage('valkey', reference);

/**
 * @param reference what pods name it
 * @returns the OCI archive of the embedded Elasticsearch, without security, on the stand-in base
 */
export const ensureElasticsearchImage = async (reference: string): Promise<string> =>
  ensureStandinImage('elasticsearch', reference, await elasticsearchFolder());
