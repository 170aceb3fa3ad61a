import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@sluice/runtime/processes';
import { MongoClient } from 'mongodb';
import { ensureTool } from '../lib/tools.ts';
import { ferretdb } from '../tools.ts';
import { OwnServer } from './own-server.ts';

/** Starts FerretDB, a server of MongoDB's protocol, on a free port with its own data. @throws Error with its log */
export async function startMongodb(): Promise<OwnServer> {
  const program = join(await ensureTool(ferretdb), 'ferretdb');
  const directory = mkdtempSync(join(tmpdir(), 'sluice-mongodb-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `mongodb://${address}/`;
  return OwnServer.start({
    ...{ name: 'FerretDB', url, directory, startSeconds: 30 },
    command: [program, '-listen', address, '-dir', data],
    answers: () => answers(url),
  });
}

async function answers(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 500 });
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
