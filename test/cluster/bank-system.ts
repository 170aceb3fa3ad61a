/** Transactions on a cluster: the rendered services, scaler and Redis, and pods that speak as MongoDB and Elasticsearch. */
import type { Application } from '../../apps/application.ts';
import { platform } from '../../apps/platform/index.ts';
import { storeExporter } from '../../apps/platform/store-exporters.ts';
import { STORES } from '../../apps/platform/stores.ts';
import { bank } from '../../apps/testing/environments.ts';
import {
  inject,
  journal,
  process as processWorker,
  transactionLoad,
} from '../../apps/testing/transactions.ts';
import { queueWorker } from '../../apps/workloads/queue-worker.ts';
import { transactionWriter } from '../../apps/workloads/transaction-writer.ts';
import { generateSecrets } from '../../cli/secrets.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { deployment, namespace, service } from '../../packages/testbed/addons/objects.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { ensureElasticsearchImage, ensureValkeyImage } from '../../packages/testbed/images/build.ts';
import { toolImage } from '../../packages/testbed/images/buildah.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { ferretdb, versitygw } from '../../packages/testbed/tools.ts';
import { type KeyPair, S3, S3_IMAGE, s3Objects } from './log-system.ts';
import { objectsOf, provideService } from './system.ts';

/** Transactions of one run of the load. */
export const LOAD = 2000;

/** So many transactions a pod that a run of the load asks for several of them. */
const PER_REPLICA = 200;

/** Where Redis is backed up to. */
export const BACKUPS = { bucket: 'bank', region: 'us-east-1', keepDays: 7 } as const;

/** Who may use its S3 server. */
export const BUCKET_KEYS: KeyPair = { id: 'bank', key: 'secret-of-the-bucket' };

/** What is deployed: an environment and its applications. */
export interface BankSystem {
  readonly environment: Environment;
  readonly applications: readonly Application[];
}

const environment: Environment = {
  ...{ ...bank, name: 'testbed', broker: 'rabbitmq' },
  redis: { ...bank.redis, backups: BACKUPS },
  transactions: { ...bank.transactions, load: { everyMinutes: 10, transactions: LOAD } },
};

const perReplica = { perReplica: PER_REPLICA };

/** process and journal as they are, scaled by the own scaler. */
const byOwnScaler: BankSystem = {
  environment: { ...environment, workloads: { process: perReplica, journal: perReplica } as object },
  applications: platform([inject, processWorker, journal, transactionLoad]),
};

/** The same journal, but for who scales it. */
const journalByKeda = queueWorker('journal', { ...perReplica, maxReplicas: 5, batch: 200 }, (own, place) => {
  const access = { store: 'elasticsearch', scope: 'transactions', access: 'write' } as const;
  const values = transactionWriter('journal', access, own, place);
  return values && { ...values, scaler: 'keda' };
});

/** The same system with KEDA, which scales journal by its queue in Redis. */
export const byKeda: BankSystem = {
  environment: {
    ...environment,
    workloads: { process: perReplica } as object,
    addons: environment.addons.map((name) => (name === 'prometheus-adapter' ? 'keda' : name)),
  },
  applications: platform([inject, processWorker, journalByKeda, transactionLoad]),
};

const RUN_SECONDS = 600;

/** What of the environment runs: no queue of the broker is worked on. */
const NAMESPACES = ['redis', 'scaler', 'inject', 'process', 'journal', 'transaction-load'];

const IMAGES = { mongodb: 'sluice.test/ferretdb:1', elasticsearch: 'sluice.test/elasticsearch:1' } as const;

/** Builds what is missing, applies it, and waits until the stores, inject and the scaler are ready. */
export async function deployBank(
  cluster: Cluster,
  { environment, applications }: BankSystem = byOwnScaler,
): Promise<void> {
  await cluster.image(await toolImage(ferretdb, IMAGES.mongodb));
  await cluster.image(await ensureElasticsearchImage(IMAGES.elasticsearch));
  await cluster.image(await ensureValkeyImage(images.valkey));
  await cluster.image(await toolImage(versitygw, S3_IMAGE));
  for (const name of ['queue-exporter', 'scaler', 'inject', 'process', 'journal', 'store-backup'] as const)
    await provideService(cluster, name);
  const wanted = objectsOf(environment, applications).filter(isWanted);
  await cluster.apply([
    ...wanted.filter(({ kind }) => FIRST.includes(kind)),
    ...stores,
    ...s3Objects(BUCKET_KEYS),
  ]);
  const secrets = generateSecrets(environment, applications).filter(({ metadata }) =>
    NAMESPACES.includes(metadata.namespace),
  );
  await cluster.apply([...secrets.map((secret) => ({ ...secret })), bucketSecret]);
  await cluster.apply(wanted.map(withoutSecurity).map(suspended).map(toOwnBucket));
  for (const [inNamespace, what] of [
    ['redis', 'statefulset/redis'],
    ['redis', 'deployment/queue-exporter'],
    ['mongodb', 'deployment/mongodb'],
    ['transactions-index', 'deployment/transactions-index'],
    ['scaler', 'deployment/scaler'],
    ['inject', 'deployment/inject'],
    [S3.namespace, `deployment/${S3.service}`],
  ] as const)
    await cluster.kubectl(['-n', inNamespace, 'rollout', 'status', what, `--timeout=${patient(180)}s`], {
      seconds: 600,
    });
}

const FIRST = ['Namespace', 'PriorityClass'];

/** What Prometheus Operator reads needs its definitions; the image of the exporter of Redis is not built here. */
const isWanted = ({ apiVersion, kind, metadata }: KubernetesObject): boolean =>
  kind === 'PriorityClass' ||
  (!apiVersion.includes('.coreos.com/') &&
    !(kind === 'Deployment' && metadata.name === storeExporter('redis').name) &&
    NAMESPACES.includes((kind === 'Namespace' ? metadata.name : metadata.namespace) ?? ''));

/** A run begins when a test says so, and may take as long as a busy machine needs. */
function suspended(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'CronJob') return object;
  const changed = structuredClone(object) as KubernetesObject & {
    spec: { suspend?: boolean; jobTemplate: { spec: PodOwner & { activeDeadlineSeconds?: number } } };
  };
  changed.spec.suspend = true;
  changed.spec.jobTemplate.spec.activeDeadlineSeconds = 2 * RUN_SECONDS;
  for (const container of changed.spec.jobTemplate.spec.template.spec.containers)
    container.env = container.env.map((variable) =>
      variable.name === 'DEADLINE_SECONDS' ? { ...variable, value: String(RUN_SECONDS) } : variable,
    );
  return changed;
}

/** The key pair, which a person puts beside the stores. */
const bucketSecret: KubernetesObject = {
  ...{ apiVersion: 'v1', kind: 'Secret' },
  metadata: { name: 'redis-backups', namespace: STORES.redis.identity.namespace },
  stringData: { AWS_ACCESS_KEY_ID: BUCKET_KEYS.id, AWS_SECRET_ACCESS_KEY: BUCKET_KEYS.key },
};

/** Who speaks to a bucket of AWS speaks to the S3 server of the cluster. */
function toOwnBucket(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'CronJob') return object;
  const changed = structuredClone(object) as KubernetesObject & { spec: { jobTemplate: { spec: PodOwner } } };
  const endpoint = {
    name: 'S3_ENDPOINT',
    value: `http://${S3.service}.${S3.namespace}.svc:${S3.port}`,
  };
  for (const container of changed.spec.jobTemplate.spec.template.spec.containers)
    if (container.env.some(({ name }) => name === 'BACKUP_BUCKET')) container.env.push(endpoint);
  return changed;
}

const MONGODB_URL = `mongodb://${new URL(STORES.mongodb.url).host}/`;

/** FerretDB has no users and no replica set: process is given neither. */
function withoutSecurity(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Deployment' || object.metadata.name !== 'process') return object;
  const changed = structuredClone(object) as KubernetesObject & { spec: PodOwner };
  for (const container of changed.spec.template.spec.containers)
    container.env = container.env
      .filter(({ name }) => !['MONGODB_USERNAME', 'MONGODB_PASSWORD_FILE'].includes(name))
      .map((variable) => (variable.name === 'MONGODB_URL' ? { ...variable, value: MONGODB_URL } : variable));
  return changed;
}

interface PodOwner {
  readonly template: {
    readonly spec: { readonly containers: { env: { readonly name: string; readonly value?: string }[] }[] };
  };
}

/** A server as a pod, at the address that the rendered services ask. */
function store(
  name: 'mongodb' | 'elasticsearch',
  memory: string,
  args: readonly string[],
): KubernetesObject[] {
  const { identity, port, url } = STORES[name];
  const [serviceName = ''] = new URL(url).hostname.split('.');
  const id = { name: identity.name, namespace: identity.namespace };
  const data = { path: '/data', volume: { name: 'data', emptyDir: {} } };
  const served = service({ ...id, name: serviceName }, { [port]: 'store' });
  return [
    namespace(id.namespace),
    { ...{ apiVersion: 'v1', kind: 'ServiceAccount' }, metadata: id },
    deployment({
      ...{ ...id, args, memory, image: IMAGES[name], volumes: [data] },
      ports: [{ name: 'store', containerPort: port }],
      readiness: { tcpSocket: { port: 'store' } },
    }),
    { ...served, spec: { ...(served.spec as object), selector: { 'app.kubernetes.io/name': id.name } } },
  ];
}

const stores: readonly KubernetesObject[] = [
  ...store('mongodb', '256Mi', ['-listen', `:${STORES.mongodb.port}`, '-dir', '/data']),
  ...store('elasticsearch', '1Gi', ['/data', String(STORES.elasticsearch.port), '0.0.0.0']),
];
