/** Images from Dockerfiles, without a registry where none answers. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../lib/dirs.ts';
import { withLock } from '../lib/lock.ts';
import { step } from '../lib/say.ts';
import { buildah, exportArchive } from './buildah.ts';
import { ensureStandin } from './standin.ts';
import { baseArguments, registryOf } from './standin-args.ts';

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

/** Builds and exports the image. Layers are cached by buildah: an unchanged one costs a second. */
export async function buildImage(archive: string, build: Build): Promise<string> {
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
    build.reference,
    '--file',
    build.dockerfile,
  ];
  mkdirSync(cacheDir, { recursive: true });
  return withLock(`${archive}.lock`, async () => {
    await step(`image ${build.reference}`, async () => {
      await buildah(['bud', '--quiet', ...what, build.context], 1800);
      await exportArchive(build.reference, archive);
    });
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

/** What the RabbitMQ stand-in is called in the cluster. */
export const rabbitmqStandin = 'localhost/sluice-standin/rabbitmq:debian-bookworm';

/** @returns the OCI archive of RabbitMQ from Debian on the stand-in base; built once for each Dockerfile */
export async function ensureRabbitmqImage(): Promise<string> {
  const folder = join(import.meta.dirname, 'rabbitmq');
  const dockerfile = join(folder, 'Dockerfile');
  const BASE = await ensureStandin();
  const hash = createHash('sha256').update(BASE).update(readFileSync(dockerfile)).digest('hex').slice(0, 12);
  const archive = join(cacheDir, 'images', `rabbitmq-${hash}.tar`);
  if (existsSync(archive)) return archive;
  return buildImage(archive, { reference: rabbitmqStandin, dockerfile, context: folder, args: { BASE } });
}
