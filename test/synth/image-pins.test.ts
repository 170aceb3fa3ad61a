import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { render } from '../../apps/testing/desired-state.ts';
import { workloads as wanted } from '../../apps/workloads/index.ts';
import { images } from '../../environments/images.ts';
import { organization } from '../../environments/organization.ts';
import { pin, unpinnedIn } from '../../scripts/ci/pin-images.ts';
import { digestOf, parseReference, RegistryError } from '../../scripts/ci/registry.ts';
import { writeImages } from '../../scripts/ci/write-images.ts';
import { SERVICES } from '../../services/bundle.ts';
import { containersOf, rendered, workloads } from './dist.ts';
import { imagesOf, repositoryOf, UNPINNED, unexplained } from './unpinned.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MANIFEST = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';
const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
const bare = repositoryOf;

describe('every image that is rendered', () => {
  const used = [...new Set(rendered.flatMap(({ object }) => imagesOf(object)))];
  /** Images of workers that come from elsewhere: who names one by a fixed tag has pinned it as the scaffold asks. */
  const others = rendered
    .filter(({ application }) => wanted.some(({ name }) => name === application))
    .flatMap(({ object }) => imagesOf(object))
    .filter((image) => !Object.values(images).map(bare).includes(bare(image)));

  it('is found wherever it stands', () => {
    const inPods = workloads.flatMap((workload) => containersOf(workload).map(({ image }) => image));
    expect(used).toEqual(expect.arrayContaining([...new Set(inPods)]));
    // Those in the values of charts, in environments of the tests' own: those of apps/ may have no such addon.
    const own = [...render().values()].flatMap((text) => imagesOf(parse(text)));
    expect(own.map(bare)).toEqual(
      expect.arrayContaining([bare(images.buildkit), bare(images.opentelemetryCollector)]),
    );
  });

  it('has a digest, or a reason why it has none yet, unless it is that of a worker from another repository', () => {
    expect(unexplained(used.filter((image) => !others.includes(image)))).toEqual([]);
    const other = 'docker.io/library/redis:8.0.1';
    expect(unexplained([other, `${other}@${DIGEST}`, images.lavinmq])).toEqual([other]);
  });

  it('has a reason only if environments/images.ts names it', () => {
    // What has got its digest needs none any more: the line may go.
    expect(Object.values(images).map(bare)).toEqual(expect.arrayContaining(Object.keys(UNPINNED)));
  });
});

describe('an image in the values of a chart', () => {
  it.each([
    [{ image: 'ghcr.io/a/b:1' }, ['ghcr.io/a/b:1']],
    [{ image: { repository: 'docker.io/a/b', tag: '1' } }, ['docker.io/a/b:1']],
    [{ image: { repository: 'docker.io/a/b', tag: '1', digest: DIGEST } }, [`docker.io/a/b:1@${DIGEST}`]],
    [{ template: '- name: a\n  image: docker.io/a/b:1\n' }, ['docker.io/a/b:1']],
  ])('%j is seen', (values, found) => {
    expect(imagesOf({ spec: { source: { helm: { valuesObject: values } } } })).toEqual(found);
  });
});

describe('a registry', () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  /** Answers as Docker Hub and ghcr.io do: a reader fetches a token first. */
  async function registry(
    answer: (request: IncomingMessage, response: ServerResponse, origin: string) => void,
  ): Promise<string> {
    const listening = createServer((request, response) =>
      answer(request, response, `http://${request.headers.host}`),
    );
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  const withToken = (request: IncomingMessage, response: ServerResponse, origin: string): void => {
    if (request.url?.startsWith('/token')) {
      expect(request.url).toBe('/token?service=registry&scope=repository%3Aa%2Fb%3Apull');
      response.end('{"token":"for-anyone"}');
    } else if (request.headers.authorization !== 'Bearer for-anyone') {
      const realm = `Bearer realm="${origin}/token",service="registry",scope="repository:a/b:pull"`;
      response.writeHead(401, { 'www-authenticate': realm }).end();
    } else if (request.url === '/v2/a/b/manifests/1.0') {
      expect(request.headers.accept).toMatch(/^application\/vnd\.oci\.image\.index\.v1\+json/);
      response.writeHead(200, { 'docker-content-digest': DIGEST }).end(MANIFEST);
    } else response.writeHead(404).end();
  };

  it('returns the digest of a tag to a client that fetches a token', async () => {
    const host = await registry(withToken);
    expect(await digestOf({ host, name: 'a/b', tag: '1.0' })).toBe(DIGEST);
    await expect(digestOf({ host, name: 'a/b', tag: '2.0' })).rejects.toThrow(
      new RegistryError(`${host}/a/b:2.0: the registry answers 404`),
    );
  });

  it('is rejected when it names another digest than that of the content it sends', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const host = await registry((_, response) =>
      response.writeHead(200, { 'docker-content-digest': other }).end(MANIFEST),
    );
    await expect(digestOf({ host, name: 'a/b', tag: '1.0' })).rejects.toThrow(`the registry says ${other}`);
  });

  it('is asked for each image that others build and that has no digest, in apps/ and in Dockerfiles', async () => {
    const host = await registry(withToken);
    const text = `  a: '${host}/a/b:1.0',\n  b: '${host}/a/b:1.0@${DIGEST}',\n  c: '${host}/a/b:2.0',\n  own: 'registry.example/team/api:0.1.0',\nARG BASE=${host}/a/b:1.0\nARG SERVICE\nFROM \${BASE}\n`;
    const pinned = await pin(text);
    expect(pinned.text).toBe(
      `  a: '${host}/a/b:1.0@${DIGEST}',\n  b: '${host}/a/b:1.0@${DIGEST}',\n  c: '${host}/a/b:2.0',\n  own: 'registry.example/team/api:0.1.0',\nARG BASE=${host}/a/b:1.0@${DIGEST}\nARG SERVICE\nFROM \${BASE}\n`,
    );
    expect(pinned.faults).toEqual([`${host}/a/b:2.0: the registry answers 404`]);
    expect(unpinnedIn(pinned.text)).toHaveLength(1);
  });

  it('that answers leaves nothing without a digest: own images, those of others and base images', async () => {
    const committed = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
    const own = SERVICES.filter((name) => name in images);
    expect(own).toEqual(SERVICES);
    const updates = own.map((name) => `${name}=${organization.registry}/${name}:1@${DIGEST}`);
    const { text, faults } = await pin(
      writeImages(committed('environments/images.ts'), updates),
      async () => DIGEST,
    );
    const base = await pin(committed('services/Dockerfile'), async () => DIGEST);
    expect([...faults, ...base.faults]).toEqual([]);
    const references = [
      ...[...text.matchAll(/^ {2}\S+:\s+(?:'|`\$\{registry\}\/)(.+)['`],$/gm)],
      ...[...base.text.matchAll(/^ARG \w*BASE=(.+)$/gm)],
    ].map(([, reference = '']) => reference);
    expect(references).toHaveLength(Object.keys(images).length + 2);
    expect(references.filter((reference) => !/@sha256:[0-9a-f]{64}$/.test(reference))).toEqual([]);
  });

  it('is asked for no base image: each has its digest', () => {
    expect(unpinnedIn(readFileSync(join(ROOT, 'services', 'Dockerfile'), 'utf8'))).toEqual([]);
  });

  it.each(['redis', 'redis:7', 'docker.io/redis', 'docker.io/library/redis@latest'])(
    'is not asked for %s',
    (text) => {
      expect(parseReference(text)).toBeUndefined();
    },
  );
});
