import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Authority, type Issued, replaceFile } from '../../test/support/authority.ts';
import { request } from './http-client.ts';

const authority = new Authority();
const other = new Authority('another authority');
const issued = authority.issue('localhost');
const reissued = other.issue('localhost');
const elsewhere = authority.issue('broker.example');
afterAll(() => {
  authority.dispose();
  other.dispose();
});

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
});

const pair = ({ certificate, key }: Issued) => ({ cert: readFileSync(certificate), key: readFileSync(key) });

/** A real server, under the name localhost. */
async function serve(certificate: Issued): Promise<{ url: string; server: Server }> {
  const server = createServer(pair(certificate), (_, response) => response.end('found'));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `https://localhost:${(server.address() as AddressInfo).port}/`, server };
}

const ask = (url: string, authoritiesFile: string) =>
  request({ url, authoritiesFile, timeoutMs: 20_000 }).then(
    ({ body }) => body.toString(),
    ({ reason, message }) => [reason, message.replace(new URL(url).origin, 'ORIGIN')],
  );

describe('an https server', () => {
  it('is trusted by the authority that signed its certificate', async () => {
    const { url } = await serve(issued);
    expect(await ask(url, authority.file)).toBe('found');
  });

  it.each([
    ['whose certificate none of the authorities signed', issued, other, /^ORIGIN\/ is not trusted: /],
    ['under a name that its certificate does not have', elsewhere, authority, /not trusted: .*altnames/],
  ])('is refused %s', async (_, presented, believed, message) => {
    const { url } = await serve(presented);
    expect(await ask(url, believed.file)).toEqual(['untrusted', expect.stringMatching(message)]);
  });

  it('is refused where the file of authorities is none, or the URL is one in clear text', async () => {
    const { url } = await serve(issued);
    expect(await ask(url, '/nowhere/ca.crt')).toEqual([
      'untrusted',
      expect.stringContaining("the file of authorities '/nowhere/ca.crt' must be a file that can be read"),
    ]);
    const plain = await ask(url.replace('https', 'http'), authority.file);
    expect(plain).toEqual(['bad-request', expect.stringContaining('needs a URL of scheme https')]);
  });

  it('is verified at each request: by the file as it is, and by the certificate that it presents', async () => {
    const { url, server } = await serve(issued);
    const file = join(authority.file, '..', 'believed.pem');
    replaceFile(file, authority.certificate);
    expect(await ask(url, file)).toBe('found');

    server.setSecureContext(pair(reissued));
    expect(await ask(url, file)).toEqual(['untrusted', expect.anything()]);
    replaceFile(file, `${authority.certificate}${other.certificate}`);
    expect(await ask(url, file)).toBe('found');
    server.setSecureContext(pair(issued));
    expect(await ask(url, file)).toBe('found');
  });
});
