import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { Renewed } from './renewed.ts';
import { readSecretFile, SecretError } from './secrets.ts';

const path = join(mkdtempSync(join(tmpdir(), 'sluice-renewed-')), 'password');
const closed: string[] = [];
let clients: Renewed<string, { readonly password: string }>;
beforeEach(() => {
  closed.length = 0;
  writeFileSync(path, 'old\n');
  clients = new Renewed({
    read: () => readSecretFile(path),
    make: (password) => ({ password }),
    close: async ({ password }) => {
      closed.push(password);
      throw new Error('not closed');
    },
  });
});

it('a client is the same as long as its password is', () => {
  expect(clients.current()).toBe(clients.current());
});

it('a client is made anew when its password is another, and the old one is closed', () => {
  clients.current();
  writeFileSync(path, 'new\n');
  expect(clients.current()).toEqual({ password: 'new' });
  expect(closed).toEqual(['old']);
});

it('a client stays while its file is gone; without one it is a fault', () => {
  const before = clients.current();
  rmSync(path);
  expect(clients.current()).toBe(before);
  expect(closed).toEqual([]);
  const first = new Renewed({ read: () => readSecretFile(path), make: String, close: async () => {} });
  expect(() => first.current()).toThrow(SecretError);
});

it('closing closes the client there is, once', async () => {
  clients.current();
  await clients.close();
  await clients.close();
  expect(closed).toEqual(['old']);
});
