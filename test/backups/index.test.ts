import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDeclaration } from '../../packages/contracts/log-declaration.ts';
import { TRANSACTION_SCHEMA, type Transaction } from '../../packages/contracts/transaction.ts';
import { startElasticsearch } from '../../packages/testbed/servers/elasticsearch.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { ALIAS, IndexStore } from '../../services/journal/index-store.ts';
import { transfer } from '../transactions/harness.ts';
import { rendered } from './rendered-run.ts';

/** A snapshot of the index of transactions, by what the declaration asks for, and the restore that the page shows. */
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'how-to', 'restore-a-store.md');
const COUNT = 50;

const { requests } = parseDeclaration(
  rendered('transactions-index/configmap-transactions-content.transactions-index.yaml').data['content.json'],
);
const bodyOf = (path: string) => requests.find((request) => request.path === path)?.body;
const policy = bodyOf('/_slm/policy/transactions-nightly') as {
  readonly repository: string;
  readonly config: { readonly indices: string[]; readonly include_global_state: boolean };
};

/** The requests of the page's section, with this snapshot in the place of its name. */
function restoreRequests(snapshot: string): { method: string; path: string; body: string }[] {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split('## The index');
  const [, block = ''] = section.split('```');
  return [...block.matchAll(/^(DELETE|POST) (\S+)\n(\{.*\})?/gm)].map(
    ([, method = '', path = '', body = '']) => ({ method, path: path.replace('<snapshot>', snapshot), body }),
  );
}

const transactionOf = (index: number): Transaction => ({
  ...{ id: `00000000-0000-8000-8000-${String(index).padStart(12, '0')}`, digest: `d${index}` },
  schema: TRANSACTION_SCHEMA,
  ...transfer(index + 1),
  audit: {
    acceptedAt: new Date(1_764_000_000_000 + index).toISOString(),
    acceptedBy: 'test',
    requestId: 'r',
  },
});

let server: OwnServer;
let client: Client;
let store: IndexStore;

const write = async (from: number, to: number): Promise<void> => {
  const postings = Array.from({ length: to - from }, (_, offset) => ({
    ...{ transaction: transactionOf(from + offset), attempt: 1 },
  }));
  const results = await store.write(postings);
  expect(results).toEqual(postings.map(() => ({ done: 'written' })));
};

const documents = async () => {
  await client.indices.refresh({ index: ALIAS });
  const { hits } = await client.search({ index: ALIAS, size: 1000, sort: ['id'] });
  return hits.hits.map(({ _id, _source }) => ({ _id, _source }));
};

beforeAll(async () => {
  server = await startElasticsearch();
  client = new Client({ node: server.url, maxRetries: 0 });
  store = new IndexStore({ client, replicas: 0, writeMs: 10_000 });
});

afterAll(async () => {
  await client?.close();
  await server?.stop();
});

describe('the snapshot of the index', () => {
  it('asks for a repository in the bucket and for the indices behind the alias', () => {
    expect(bodyOf(`/_snapshot/${policy.repository}`)).toEqual({
      ...{
        type: 's3',
        settings: { bucket: 'sluice-production-transactions', base_path: 'transactions-index' },
      },
    });
    expect(policy.config).toEqual({ indices: [`${ALIAS}*`], include_global_state: false });
  });

  it('brings a deleted index back, alias and mapping included, and journal goes on with it', async () => {
    await write(0, COUNT);
    const before = await documents();
    const mapping = await client.indices.getMapping({ index: ALIAS });
    await client.snapshot.createRepository({
      name: policy.repository,
      repository: { type: 'fs', settings: { location: policy.repository } },
    });
    const { indices, include_global_state } = policy.config;
    const taken = await client.snapshot.create({
      ...{ repository: policy.repository, snapshot: 'nightly', wait_for_completion: true },
      ...{ indices, include_global_state },
    });
    expect(taken.snapshot?.state).toBe('SUCCESS');
    await write(COUNT, COUNT + 10);
    for (const { method, path, body } of restoreRequests('nightly'))
      await client.transport.request({
        method,
        path: `/${path}`,
        ...(body !== '' && { body: JSON.parse(body) }),
      });
    await client.cluster.health({ wait_for_status: 'yellow', timeout: '30s' });
    expect(await documents()).toEqual(before);
    expect(await client.indices.getMapping({ index: ALIAS })).toEqual(mapping);
    await write(COUNT, COUNT + 10);
    expect(await documents()).toHaveLength(COUNT + 10);
  });
});
