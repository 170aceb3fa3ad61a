import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { declareAll } from './declare.ts';
import { type ManagementLike, resourcesOf } from './resources.ts';
import { parseTopology } from './topology.ts';

const topology = parseTopology({
  vhost: '/',
  exchanges: [{ name: 'jobs', type: 'direct', durable: true }],
  queues: [{ name: 'jobs', durable: true }],
  bindings: [{ exchange: 'jobs', queue: 'jobs', routingKey: 'jobs' }],
  policies: [
    {
      ...{ name: 'jobs', pattern: '^jobs$', applyTo: 'queues' },
      definition: { 'dead-letter-exchange': 'jobs', 'dead-letter-routing-key': 'jobs.retry' },
    },
  ],
  users: [
    {
      ...{ name: 'scaler', tags: ['monitoring', 'management'], passwordFile: '/run/secrets/scaler' },
      permissions: { configure: '^$', write: '^$', read: '^$' },
    },
  ],
});

/** base64(salt + SHA-256(salt + password)), as the brokers show it. */
function hashOf(password: string): string {
  const salt = Buffer.from('salt');
  const digest = createHash('sha256').update(salt).update(password).digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

/** A broker's memory: what was written, shown with more around it, as brokers do. */
class Memory implements ManagementLike {
  readonly held = new Map<string, unknown>();
  readonly writes: string[] = [];

  async get(path: string): Promise<unknown> {
    return this.held.get(path);
  }

  async put(path: string, body: object): Promise<void> {
    this.writes.push(path);
    const { password, ...rest } = body as { password?: string };
    const hash = password === undefined ? {} : { password_hash: hashOf(password) };
    this.held.set(path, { ...rest, ...hash, node: 'broker@0' });
  }

  async post(path: string, body: object): Promise<void> {
    this.writes.push(path);
    const list = (this.held.get(path) ?? []) as object[];
    this.held.set(path, [...list, { ...body, properties_key: 'x' }]);
  }
}

let api: Memory;
beforeEach(() => {
  api = new Memory();
});
const declare = (wanted = topology, password = 'sesame') =>
  declareAll(resourcesOf(wanted, new Map([['scaler', password]]), api));

it('declares policies before the queues they are for, and what a thing needs before the thing', async () => {
  await declare();
  expect(api.writes).toEqual([
    'vhosts/%2F',
    'exchanges/%2F/jobs',
    'policies/%2F/jobs',
    'queues/%2F/jobs',
    'bindings/%2F/e/jobs/q/jobs',
    'users/scaler',
    'permissions/%2F/scaler',
  ]);
});

it('writes nothing the second time, although the broker shows more than was declared', async () => {
  const { created } = await declare();
  api.writes.length = 0;
  const again = await declare();
  expect(again.unchanged).toEqual(created);
  expect(api.writes).toEqual([]);
});

describe('once it stands, writes only', () => {
  beforeEach(async () => {
    await declare();
    api.writes.length = 0;
  });

  it('a policy whose definition is another', async () => {
    const policies = topology.policies.map((policy) => ({ ...policy, definition: { 'message-ttl': 1000 } }));
    expect((await declare({ ...topology, policies })).changed).toEqual(['policy jobs']);
    expect(api.writes).toEqual(['policies/%2F/jobs']);
  });

  it('no queue whose type is the default of its virtual host', async () => {
    const held = api.held.get('queues/%2F/jobs') as object;
    api.held.set('queues/%2F/jobs', { ...held, arguments: { 'x-queue-type': 'quorum' } });
    expect((await declare()).changed).toEqual([]);
    api.held.set('queues/%2F/jobs', { ...held, arguments: { 'x-queue-type': 'quorum', 'x-expires': 5 } });
    expect((await declare()).changed).toEqual(['queue jobs']);
  });

  it('a user whose password is another: that rotates it', async () => {
    expect((await declare(topology, 'other')).changed).toEqual(['user scaler']);
    expect((await declare(topology, 'other')).changed).toEqual([]);
  });

  it('a user whose hash is of another kind, each time', async () => {
    const held = api.held.get('users/scaler') as object;
    api.held.set('users/scaler', { ...held, password_hash: '$2b$10$abcdefghijklmnopqrstuv' });
    expect((await declare()).changed).toEqual(['user scaler']);
  });

  it('no user whose tags come in an array, in any order', async () => {
    const held = api.held.get('users/scaler') as object;
    api.held.set('users/scaler', { ...held, tags: ['management', 'monitoring'] });
    expect((await declare()).changed).toEqual([]);
    api.held.set('users/scaler', { ...held, tags: ['administrator'] });
    expect((await declare()).changed).toEqual(['user scaler']);
  });

  it('a binding by a key that is not there yet, beside the one that is', async () => {
    const bindings = [{ exchange: 'jobs', queue: 'jobs', routingKey: 'other' }];
    expect((await declare({ ...topology, bindings })).created).toEqual(['binding jobs -> jobs by other']);
    expect(api.held.get('bindings/%2F/e/jobs/q/jobs')).toHaveLength(2);
  });
});

it('takes any name as one segment of a path', async () => {
  await declare({ ...topology, vhost: 'a/b', queues: [{ name: 'jobs?x#y', durable: true }], bindings: [] });
  expect(api.writes).toContain('queues/a%2Fb/jobs%3Fx%23y');
});

it('lets a queue depend on its policies and on the exchanges that route to it, and on no others', () => {
  const other = {
    name: 'other',
    pattern: '^other$',
    applyTo: 'queues' as const,
    definition: {},
    priority: 0,
  };
  const queues = [...topology.queues, { name: 'other', durable: true }];
  const policies = [...topology.policies, other, { ...other, name: 'any', pattern: '(?i)^J(?P<x>.)BS$' }];
  const resources = resourcesOf({ ...topology, queues, policies }, new Map(), api);
  const dependsOn = (label: string) => resources.find((each) => each.label === label)?.dependsOn;
  expect(dependsOn('queue jobs')).toEqual(['vhost /', 'policy jobs', 'policy any', 'exchange jobs']);
  expect(dependsOn('queue other')).toEqual(['vhost /', 'policy other', 'policy any']);
  expect(dependsOn('binding jobs -> jobs by jobs')).toEqual(['exchange jobs', 'queue jobs']);
  expect(dependsOn('permissions of scaler')).toEqual(['vhost /', 'user scaler']);
});
