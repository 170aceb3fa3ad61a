import { expect, test } from 'vitest';
import { systemIn } from '../apps/rendering.ts';
import { applications, local } from '../apps/testing/desired-state.ts';
import { hashPassword } from './local/lavinmq.ts';
import { type GeneratedSecret, generateSecrets } from './secrets.ts';

const valuesOf = (secrets: readonly GeneratedSecret[], namespace: string, name: string) =>
  secrets.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name)?.stringData;

test('a user has one password, at the broker and where it is used, and no two users share one', () => {
  const secrets = generateSecrets(local, applications);
  const users = valuesOf(secrets, 'broker', 'broker-users') ?? {};
  const names = systemIn(local, applications).brokerUsers.map(({ name }) => name);
  expect(Object.keys(users)).toEqual(names);
  for (const user of names)
    expect(valuesOf(secrets, user, 'broker-credentials')).toEqual({ password: users[user] });
  expect(new Set(Object.values(users)).size).toBe(names.length);
  expect(names).toContain('scaler');
  for (const password of Object.values(users)) expect(password).toMatch(/^[\w-]{32}$/);
});

test("the administrator's hash is that of the password beside it, with a salt of its own", () => {
  const { password = '', 'password-hash': hash = '' } =
    valuesOf(generateSecrets(local, applications), 'broker', 'broker-admin') ?? {};
  const salt = Buffer.from(hash, 'base64').subarray(0, 4);
  expect(hash).toBe(hashPassword(password, salt));
});

test('they are generated once: immutable, and new at every call', () => {
  const [first, second] = [generateSecrets(local, applications), generateSecrets(local, applications)];
  expect(first.every(({ immutable }) => immutable)).toBe(true);
  expect(first).not.toEqual(second);
});
