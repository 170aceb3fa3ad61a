/** A crash, from the container's own output to its report: agent, log store, extraction on its own clock, S3. */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { applications } from '../../apps/testing/desired-state.ts';
import { generateSecrets } from '../../cli/secrets.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import {
  type LogReport,
  objectKey,
  parseReport,
  type ReportGroup,
  WINDOW_MINUTES,
} from '../../packages/contracts/log-report.ts';
import { LOG_GATE } from '../../packages/contracts/log-store.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { fingerprintOf, patternOf } from '../../services/log-reports/fingerprint.ts';
import { S3ObjectStore, s3Client } from '../../services/log-reports/object-store.ts';
import { insideOf } from './in-cluster-process.ts';
import { deployLogSystem, S3 } from './log-system.ts';
import { sharedCluster } from './shared.ts';
import { objectsOf, provideService, testEnvironment } from './system.ts';

const WINDOW_MS = WINDOW_MINUTES * 60_000;
const NAMESPACE = 'shop';

const environment: Environment = {
  ...testEnvironment,
  logReports: { store: 'victoria-logs', rawBucket: 'log-windows', reportBucket: 'log-reports', s3: S3 },
};

let cluster: Cluster;
let reports: S3ObjectStore;

beforeAll(async () => {
  cluster = await sharedCluster({ provider: 'from-source' });
  const secrets = generateSecrets(environment, applications);
  const pair = secrets.find(({ metadata: { namespace } }) => namespace === 'log-reports')?.stringData ?? {};
  const keys = { id: pair['access-key-id'] ?? '', key: pair['secret-access-key'] ?? '' };
  // Agents of the log system send to the gate: it comes first.
  for (const service of ['log-gate', 'log-reports'] as const) await provideService(cluster, service);
  await cluster.apply(objectsOf(environment).filter(isOf(LOG_GATE.namespace)));
  await deployLogSystem(cluster, environment, keys);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.key });
  reports = await buckets();
  const wanted = objectsOf(environment).filter(isOf('log-reports'));
  await cluster.apply(wanted.filter(({ kind }) => kind === 'Namespace' || kind === 'PriorityClass'));
  await cluster.apply(
    secrets.filter(({ metadata }) => metadata.namespace === 'log-reports').map((secret) => ({ ...secret })),
  );
  await cluster.apply(wanted);
});

/** An application as it is rendered, by its namespace; what Prometheus Operator reads needs its definitions. */
const isOf =
  (namespace: string) =>
  ({ apiVersion, kind, metadata }: KubernetesObject): boolean =>
    kind === 'PriorityClass' ||
    ((metadata.namespace === namespace || (kind === 'Namespace' && metadata.name === namespace)) &&
      !apiVersion.includes('.coreos.com/') &&
      kind !== 'ConfigMap');

/** Makes the two buckets. @returns that of the reports */
async function buckets(): Promise<S3ObjectStore> {
  const get = ['-n', S3.namespace, 'get', 'service', S3.service, '-o', 'jsonpath={.spec.clusterIP}'];
  const { stdout: address } = await cluster.kubectl(get);
  const port = await insideOf(cluster.name).door('s3', `${address.trim()}:${S3.port}`);
  const client = s3Client({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` });
  for (const Bucket of ['log-windows', 'log-reports']) await client.send(new CreateBucketCommand({ Bucket }));
  return new S3ObjectStore(client, 'log-reports');
}

/** What the program says before it ends: a line of JSON, then an error that no one catches. */
const PROGRAM = `
console.log(JSON.stringify({ level: 'info', msg: 'order taken' }));
class PriceError extends Error { name = 'PriceError'; }
throw new PriceError('order ' + Math.floor(Math.random() * 1e6) + ' of "' + process.env.HOSTNAME + '" has no price');
`;
const PATTERN = /PriceError: order <value> of <quoted> has no price/;

/** Two pods, each started again at least once. */
const CRASHES = 4;

/** A Deployment whose pods crash as soon as they start. */
const crashing: KubernetesObject = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart', namespace: NAMESPACE } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'cart' } },
    template: {
      metadata: { labels: { app: 'cart' } },
      spec: {
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10_001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            ...{ name: 'app', image: images['log-reports'], imagePullPolicy: 'IfNotPresent' },
            command: ['node', '-e', PROGRAM],
            securityContext: {
              ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      },
    },
  },
};

const shop: KubernetesObject = {
  ...{ apiVersion: 'v1', kind: 'Namespace' },
  metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

async function reportAt(start: number): Promise<LogReport | undefined> {
  const key = objectKey('reports', { namespace: NAMESPACE, start });
  const signal = AbortSignal.timeout(30_000);
  if (!(await reports.exists(key, signal))) return undefined;
  return parseReport(await reports.getText(key, signal));
}

const groupOf = (report: LogReport): ReportGroup | undefined =>
  report.groups.find(({ pattern }) => PATTERN.test(pattern));

describe('a pod that crashes', () => {
  test('is in the report of its window, by the fingerprint of its error, with what Kubernetes says of it', async () => {
    await cluster.apply([shop]);
    const crashedAt = Date.now();
    await cluster.apply([crashing]);
    const start = Math.floor(crashedAt / WINDOW_MS) * WINDOW_MS;
    // Of a crash in the last minute of a window the restarts are in the next one.
    const found = await until('the report of the crash', (2 * WINDOW_MS + 5 * 60_000) / 1000, async () => {
      const all = [await reportAt(start), await reportAt(start + WINDOW_MS)];
      return all.find((report) => report !== undefined && (groupOf(report)?.count ?? 0) >= CRASHES);
    });
    const seconds = (Date.now() - crashedAt) / 1000;
    const group = groupOf(found);
    process.stderr.write(
      `${group?.count} crashes in the report of ${found.start}, found ${seconds.toFixed(0)} s after the first: ${group?.fingerprint} ${group?.pattern.slice(0, 120)}\n`,
    );
    // Two pods, some restarts each, one error: whoever has its text finds it.
    expect(group?.fingerprint).toBe(fingerprintOf(patternOf(group?.sample ?? '')));
    expect(group?.pods.map(({ pod, container }) => [pod.replace(/-[^-]+-[^-]+$/, ''), container])).toEqual([
      ['cart', 'app'],
      ['cart', 'app'],
    ]);
    expect(group?.sample).toContain('at [eval]');
    const backOff = found.events.filter(({ reason }) => reason === 'BackOff');
    expect(new Set(backOff.map(({ pod }) => pod))).toEqual(new Set(group?.pods.map(({ pod }) => pod)));
    // The line that is no error is in no report.
    expect(JSON.stringify(found)).not.toContain('order taken');
  });
});
