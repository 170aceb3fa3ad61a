import { Renewed, readAuthorities, type Secret } from '@sluice/runtime';
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

interface Rotated {
  readonly password: string;
  readonly authorities?: string;
}

const rotatedOf = ({ MONGODB_PASSWORD, MONGODB_CA_FILE }: DatabaseConfig): Rotated => ({
  password: MONGODB_PASSWORD?.read() ?? '',
  ...(MONGODB_CA_FILE !== undefined && { authorities: readAuthorities(MONGODB_CA_FILE) }),
});

/** A client that has not connected yet. Writes are acknowledged by a majority, from their journal. */
export const createClient = (
  { MONGODB_URL, MONGODB_USERNAME: username }: DatabaseConfig,
  { password, authorities: ca }: Rotated,
): MongoClient =>
  new MongoClient(MONGODB_URL, {
    ...(username !== undefined && { auth: { username, password } }),
    ...(ca !== undefined && { tls: true, ca }),
    appName: 'sluice',
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: SELECTION_MS,
    useBigInt64: true,
    writeConcern: { w: 'majority', journal: true },
  });

/** Clients of one server: another one when its password or its authorities have been rotated. */
export const renewedClients = <T extends { readonly client: MongoClient }>(
  config: DatabaseConfig,
  use: (client: MongoClient) => T,
): Renewed<Rotated, T> =>
  new Renewed({
    read: () => rotatedOf(config),
    make: (rotated) => use(createClient(config, rotated)),
    close: ({ client }) => client.close(),
  });
