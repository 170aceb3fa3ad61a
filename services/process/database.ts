import type { Secret } from '@sluice/runtime';
import { MongoClient } from 'mongodb';

/** The variables of mongodbFields. */
export interface DatabaseConfig {
  readonly MONGODB_URL: string;
  readonly MONGODB_USERNAME?: string | undefined;
  readonly MONGODB_PASSWORD?: Secret | undefined;
  readonly MONGODB_CA_FILE?: string | undefined;
}

/** How long a server is looked for, milliseconds. */
const SELECTION_MS = 5000;

/** A client that has not connected yet. Writes are acknowledged by a majority, from their journal. */
export function createClient(config: DatabaseConfig): MongoClient {
  const { MONGODB_USERNAME: username, MONGODB_PASSWORD: password, MONGODB_CA_FILE: tlsCAFile } = config;
  return new MongoClient(config.MONGODB_URL, {
    ...(username !== undefined && { auth: { username, password: password?.read() ?? '' } }),
    ...(tlsCAFile !== undefined && { tls: true, tlsCAFile }),
    appName: 'sluice',
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: SELECTION_MS,
    useBigInt64: true,
    writeConcern: { w: 'majority', journal: true },
  });
}
