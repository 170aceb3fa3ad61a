import { expect, it } from 'vitest';
import { latch } from '../../construct/policies.ts';
import { workloadFaults } from './check.ts';

const named = (source: object): readonly string[] =>
  workloadFaults({
    ...{ name: 'work', source, policy: latch({ replicas: 2, startWhen: { readyAtLeast: 1 } }) },
    target: { kind: 'deployment', namespace: 'work', name: 'work' },
  });

it('takes a queue of Redis, and no URL of another scheme, credentials in it, or authorities in clear text', () => {
  const redis = { kind: 'redis', url: 'rediss://redis:6379/0', prefix: '{t}', queue: 'work' };
  const verified = { ...redis, username: 'scaler', passwordFile: '/p', caFile: '/etc/ca.crt' };
  expect(named(verified)).toEqual([]);
  expect(named({ ...redis, url: 'http://redis:6379' })).toEqual([
    `'source.url' ("http://redis:6379") must be redis:// or rediss://, a host and at most a port and a database, or Sentinels and ?sentinel=name, or nodes and ?cluster`,
  ]);
  expect(named({ ...redis, url: 'redis://a:26379,b,c/0?sentinel=bank' })).toEqual([]);
  expect(named({ ...redis, url: 'rediss://a:7000,b?cluster' })).toEqual([]);
  for (const url of [
    'redis://a,b?cluster=x',
    'redis://a/1?cluster',
    'redis://a,b',
    'redis://a,b?sentinel=',
    'redis://a?other=b',
  ])
    expect(named({ ...redis, url })).toHaveLength(1);
  expect(named({ ...redis, url: 'redis://a?cluster', prefix: 'bull' })).toEqual([
    `'source.prefix' ("bull") must hold a part in braces, such as {shop}: a Redis Cluster keeps a queue in one slot`,
  ]);
  expect(named({ ...redis, url: 'redis://a?cluster', prefix: 'bull', queue: '{work}' })).toEqual([]);
  expect(named({ ...redis, url: 'redis://u:secret@redis' })).toEqual([
    `'source.url' ("not shown: it may hold a password") must hold no user name and no password`,
  ]);
  expect(named({ ...redis, url: 'redis://redis', caFile: '/etc/ca.crt' })).toEqual([
    `'source.caFile' ("/etc/ca.crt") must have a 'url' of scheme rediss: in clear text no server is verified`,
  ]);
});
