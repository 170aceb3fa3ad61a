import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/job-harness.ts';
import { TransactionSystem, transfer } from './harness.ts';

/** The password that the store takes now. */
let accepted = 'old-sesame';
let refused = 0;

/** Elasticsearch behind what asks for a password, as the embedded one has no users. */
async function guarded(target: string) {
  const server = createServer((asked, answer) => {
    const [, encoded = ''] = asked.headers.authorization?.split(' ') ?? [];
    if (Buffer.from(encoded, 'base64').toString() !== `sluice:${accepted}`) {
      refused += 1;
      answer.writeHead(401, { 'x-elastic-product': 'Elasticsearch' }).end();
      return;
    }
    const onward = request(
      new URL(asked.url ?? '', target),
      { method: asked.method, headers: asked.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

let system: TransactionSystem;
let store: Awaited<ReturnType<typeof guarded>>;
let address = '';
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  system = await TransactionSystem.open();
  store = await guarded(system.elasticsearch.url);
  environment = {
    ...{ ELASTICSEARCH_URL: store.url, ELASTICSEARCH_USERNAME: 'sluice' },
    ELASTICSEARCH_PASSWORD_FILE: system.fleet.file('elasticsearch', 'old-sesame\n'),
  };
  await system.startInject();
  address = await system.startListening('query', environment);
  system.start('journal', environment);
});
afterAll(async () => {
  await system.stop();
  await store.close();
});

/** What a search finds; undefined where it is answered with an error. */
async function found(): Promise<readonly string[] | undefined> {
  const response = await fetch(`${address}/transactions`, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) return undefined;
  const { transactions } = (await response.json()) as { transactions: { id: string }[] };
  return transactions.map(({ id }) => id);
}
const accept = async (key: string): Promise<string> =>
  String((await system.post('/transactions', key, transfer(7))).body.id);
const finds = (id: string) =>
  eventually(`${id} is found`, async () => (await found())?.includes(id) === true, 60);

it('a password of Elasticsearch that is rotated is read from its file again, by who writes and by who searches', async () => {
  await finds(await accept('before'));
  accepted = 'new-sesame';
  const id = await accept('meanwhile');
  await eventually('a write is refused', async () => refused > 0, 30);
  expect(await found()).toBeUndefined();
  system.fleet.file('elasticsearch', 'new-sesame\n');
  await finds(id);
  expect(JSON.stringify(system.lines)).not.toContain('sesame');
});
