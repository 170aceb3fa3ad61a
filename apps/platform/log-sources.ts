import type { Identity } from '../../charts/labels.ts';
import { peers } from '../../charts/network-policy.ts';
import { AUTHORITY_FILE, authorityMount, type EnvValue, type FileMount } from '../../charts/pod.ts';
import type { Environment, LogReports } from '../../environments/environment.ts';
import {
  ELASTICSEARCH_USERS,
  type LogStoreKind,
  logStoreAddresses,
  logStoreUrl,
} from '../../packages/contracts/log-store.ts';
import { internet, podIdentity } from '../addons/connections.ts';
import type { Connection, ExpectedSecret } from '../application.ts';
import { ELASTICSEARCH_AUTHORITY, logStorePods } from './elasticsearch-endpoint.ts';

/** What a pod needs to ask a server: to reach it, to know it, and to be known by it. */
export interface Client {
  readonly connections: readonly Connection[];
  readonly secrets: readonly ExpectedSecret[];
  readonly mounts: readonly FileMount[];
  readonly environment: Readonly<Record<string, EnvValue>>;
}

/** The password of the user of Elasticsearch who reads; the other stores know no users. */
const READER = { secret: 'log-store', path: '/etc/sluice/log-store', key: 'password' } as const;

/** Who reads lines of a log store. */
export function logStoreClient(from: Identity, store: LogStoreKind): Client {
  const connections = [{ from, to: logStorePods(store), port: logStoreAddresses[store].port }];
  const environment = { LOG_STORE: store, LOG_STORE_URL: logStoreUrl(store) };
  if (store !== 'elasticsearch') return { connections, environment, secrets: [], mounts: [] };
  const { name: reader } = ELASTICSEARCH_USERS.reader;
  return {
    connections,
    secrets: [{ owner: from, secretName: READER.secret, keys: { [READER.key]: reader } }],
    mounts: [
      { name: 'log-store', path: READER.path, from: { secret: READER.secret } },
      authorityMount(ELASTICSEARCH_AUTHORITY),
    ],
    environment: {
      ...environment,
      LOG_STORE_USERNAME: reader,
      LOG_STORE_PASSWORD_FILE: `${READER.path}/${READER.key}`,
      LOG_STORE_CA_FILE: AUTHORITY_FILE,
    },
  };
}

/** The key pair of an S3 server inside the cluster; AWS knows the ServiceAccount. */
const S3_KEYS = { secret: 'object-store', id: 'access-key-id', key: 'secret-access-key' } as const;

/** Who uses the buckets of reports and archived lines. */
export function objectStoreClient(
  from: Identity,
  { s3, region }: LogReports,
  { aws }: Pick<Environment, 'aws'>,
): Client {
  const environment = { S3_REGION: region ?? aws?.region ?? 'us-east-1' };
  if (s3 === undefined)
    return {
      ...{ environment, secrets: [], mounts: [] },
      connections: [
        { from, to: internet, port: 443 },
        { from, to: podIdentity, port: 80 },
      ],
    };
  return {
    connections: [{ from, to: peers.everyPod(s3.namespace), port: s3.port }],
    secrets: [
      {
        ...{ owner: from, secretName: S3_KEYS.secret },
        keys: { [S3_KEYS.id]: 's3-access-key-id', [S3_KEYS.key]: 's3-secret-access-key' },
      },
    ],
    mounts: [],
    environment: {
      ...environment,
      S3_ENDPOINT: `http://${s3.service}.${s3.namespace}.svc:${s3.port}`,
      AWS_ACCESS_KEY_ID: { secret: S3_KEYS.secret, key: S3_KEYS.id },
      AWS_SECRET_ACCESS_KEY: { secret: S3_KEYS.secret, key: S3_KEYS.key },
    },
  };
}

/** With IRSA the role is an annotation; with EKS Pod Identity the cloud associates it with the ServiceAccount. */
export const bucketRoleOf = ({ name }: Identity, { roleArnPrefix }: LogReports) =>
  roleArnPrefix === undefined
    ? {}
    : { serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': `${roleArnPrefix}${name}` } };
