/** What an OCI registry says of an image, over its HTTP API. */
import { createHash } from 'node:crypto';

/** `HOST/NAME:TAG` with or without `@sha256:...`. */
export interface ImageReference {
  readonly host: string;
  readonly name: string;
  readonly tag: string;
  readonly digest?: string;
}

const REFERENCE =
  /^(?<host>[a-z0-9.-]+\.[a-z]+|localhost:\d+|127\.0\.0\.1:\d+)\/(?<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*):(?<tag>\w[\w.-]{0,127})(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** @returns undefined where the text is no reference with a host and a tag */
export function parseReference(text: string): ImageReference | undefined {
  const { host, name, tag, digest } = REFERENCE.exec(text)?.groups ?? {};
  if (host === undefined || name === undefined || tag === undefined) return undefined;
  return { host, name, tag, ...(digest !== undefined && { digest }) };
}

/** A registry that does not answer as one. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

/** An index of several platforms comes first: its digest is every platform's. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const TIMEOUT_MS = 20_000;
/** The specification asks registries to take manifests of at least 4 MiB; this reads no larger one. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Docker Hub answers under another name than its images have. */
const originOf = (host: string): string => {
  if (/^(localhost|127\.0\.0\.1):/.test(host)) return `http://${host}`;
  return `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`;
};

/**
 * The digest of what a tag names now: that of the bytes that the registry sends, which its own header must repeat.
 * @throws {RegistryError} that names the image: it is not there, or the registry answers otherwise
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export async function digestOf(image: ImageReference): Promise<string> {
  const { host, name, tag } = image;
  const url = `${originOf(host)}/v2/${name}/manifests/${tag}`;
  const fail = (why: string) => new RegistryError(`${host}/${name}:${tag}: ${why}`);
  try {
    let response = await get(url);
    if (response.status === 401) response = await get(url, await tokenFor(response));
    if (!response.ok) throw fail(`the registry answers ${response.status}`);
    const bytes = await bodyOf(response);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const said = response.headers.get('docker-content-digest') ?? digest;
    if (said !== digest) throw fail(`the registry says ${said} of what has ${digest}`);
    return digest;
  } catch (error) {
    if (error instanceof RegistryError && error.message.startsWith(host)) throw error;
    throw fail(error instanceof Error ? error.message : String(error));
  }
}

const get = (url: string, token?: string): Promise<Response> =>
  fetch(url, {
    headers: { accept: ACCEPT, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });

/**
 * A token for anyone, from where the registry sends its readers.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
async function tokenFor(refused: Response): Promise<string> {
  const challenge = refused.headers.get('www-authenticate') ?? '';
  const fields = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const realm = fields.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined)
    throw new RegistryError(`the registry asks for '${challenge}', which no reader has`);
  const url = new URL(realm);
  for (const key of ['service', 'scope']) {
    const value = fields.get(key);
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new RegistryError(`${url.host} gives no token: ${answer.status}`);
  const { token, access_token: other } = JSON.parse((await bodyOf(answer)).toString('utf8')) as Record<
    string,
    unknown
  >;
  const found = token ?? other;
  if (typeof found !== 'string') throw new RegistryError(`${url.host} gives no token`);
  return found;
}

async function bodyOf(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RegistryError(`an answer of more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
