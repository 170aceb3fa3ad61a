import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@sluice/runtime';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { renewedIndexClients } from './client.ts';
import { elasticsearchFields } from './config.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-index-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'password');

const basic = (password: string): string => `Basic ${Buffer.from(`journal:${password}`).toString('base64')}`;

let accepted = '';
let url = '';
const opened: (() => Promise<unknown>)[] = [];

/** What a client of Elasticsearch asks at first, of a server that knows one password. */
beforeEach(async () => {
  const server = createServer(({ headers }, response) => {
    const known = headers.authorization === basic(accepted);
    response
      .writeHead(known ? 200 : 401, {
        'x-elastic-product': 'Elasticsearch',
        'content-type': 'application/json',
      })
      .end(known ? '{"tagline":"You Know, for Search"}' : '{"status":401}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function clientsOf(ELASTICSEARCH_URL: string) {
  const config = parseConfig(z.object(elasticsearchFields), {
    ...{ ELASTICSEARCH_URL, ELASTICSEARCH_USERNAME: 'journal', ELASTICSEARCH_PASSWORD_FILE: file },
  });
  const clients = renewedIndexClients(config, (client) => ({ client }));
  opened.push(() => clients.close());
  return clients;
}

it('a password that is rotated in its file is that of the next request', async () => {
  accepted = 'old-sesame';
  writeFileSync(file, 'old-sesame\n');
  const clients = clientsOf(url);
  const status = () =>
    clients
      .current()
      .client.info({}, { meta: true })
      .then(
        ({ statusCode }) => statusCode,
        (error: { readonly statusCode?: number }) => error.statusCode,
      );
  expect(await status()).toBe(200);
  accepted = 'new-sesame';
  expect(await status()).toBe(401);
  writeFileSync(file, 'new-sesame\n');
  expect(await status()).toBe(200);
});

it('a URL that means two things is refused before anything connects, and not shown', () => {
  writeFileSync(file, 'sesame');
  for (const odd of ['http://monitor:20#hunter2@h', 'http://u:50%hunter2@h']) {
    expect(() => clientsOf(odd)).toThrow(/'ELASTICSEARCH_URL' \((not a URL|http:\/\/h\/?)\) must/);
    expect(() => clientsOf(odd)).not.toThrow(/hunter2/);
  }
});
