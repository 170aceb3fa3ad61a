import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@sluice/runtime';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { mongodbFields } from './config.ts';
import { renewedClients } from './database.ts';

const file = join(mkdtempSync(join(tmpdir(), 'sluice-database-')), 'password');
const configOf = (MONGODB_URL: string) =>
  parseConfig(z.object(mongodbFields), {
    ...{ MONGODB_URL, MONGODB_USERNAME: 'process', MONGODB_PASSWORD_FILE: file },
  });
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const clients of opened.splice(0)) await clients.close();
});

it('a password that is rotated in its file is that of the next write', () => {
  writeFileSync(file, 'old-sesame\n');
  const clients = renewedClients(configOf('mongodb://127.0.0.1:1/'), (client) => ({ client }));
  opened.push(clients);
  const credentials = () => clients.current().client.options.credentials;
  expect(credentials()).toMatchObject({ username: 'process', password: 'old-sesame' });
  writeFileSync(file, 'new-sesame\n');
  expect(credentials()).toMatchObject({ username: 'process', password: 'new-sesame' });
});

it('a replica set is named by all of its members', () => {
  writeFileSync(file, 'sesame');
  const clients = renewedClients(configOf('mongodb://a:27017,b:27018/?replicaSet=rs0'), (client) => ({
    client,
  }));
  opened.push(clients);
  expect(clients.current().client.options.hosts.map(String)).toEqual(['a:27017', 'b:27018']);
});

it('a URL that means two things is refused before anything connects, and not shown', () => {
  writeFileSync(file, 'sesame');
  for (const url of ['mongodb://monitor:20#hunter2@h', 'mongodb://u:50%hunter2@h']) {
    expect(() => configOf(url)).toThrow(/'MONGODB_URL' \((not a URL|mongodb:\/\/h)\) must/);
    expect(() => configOf(url)).not.toThrow(/hunter2/);
  }
});
