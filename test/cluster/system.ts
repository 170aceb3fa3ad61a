import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { render } from '../../apps/rendering.ts';
import { applications } from '../../apps/testing/desired-state.ts';
import { local } from '../../apps/testing/environments.ts';
import { generateSecrets } from '../../cli/secrets.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import {
  ensureImage,
  ensureRabbitmqImage,
  registryAnswers,
  standinArguments,
} from '../../packages/testbed/images/build.ts';
import { copiedBy, type Inputs } from '../../packages/testbed/images/content.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { SERVICES, type ServiceName } from '../../services/bundle.ts';

const root = join(import.meta.dirname, '..', '..');

// Releases have a test of their own, with Argo Rollouts.
const { canary: _, ...web } = local.web;

/** The local environment on the broker that can be built anywhere. */
export const testEnvironment: Environment = {
  ...local,
  web,
  name: 'testbed',
  broker: 'rabbitmq',
  brokerVolume: { size: '1Gi' },
};

/** Builds the images that the environment runs, the broker's only where it cannot be pulled, and gives them to the cluster. */
export async function provideImages(
  cluster: Cluster,
  environment = testEnvironment,
  of = applications,
): Promise<void> {
  const manifests = [...render({ environments: [environment], applications: of }).values()].join();
  for (const service of SERVICES.filter(isReleased).filter((name) => manifests.includes(images[name])))
    await provideService(cluster, service);
  if (!(await canPull(cluster, images.rabbitmq)))
    await cluster.image(await ensureRabbitmqImage(images.rabbitmq));
}

/** The built cluster has no way out. */
const canPull = async (cluster: Cluster, image: string): Promise<boolean> =>
  cluster.provider !== 'from-source' && registryAnswers(image);

/** Builds the image of one service and gives it to the cluster. */
export async function provideService(cluster: Cluster, service: Released): Promise<void> {
  const dockerfile = join(root, 'services', 'Dockerfile');
  await cluster.image(await serviceImage(service, dockerfile, await bases()));
}

/** Asks each registry once. */
let known: Promise<Record<string, string>> | undefined;
function bases(): Promise<Record<string, string>> {
  known ??= standinArguments(join(root, 'services', 'Dockerfile'));
  return known;
}

/** What .dockerignore leaves out. */
const NEVER = /\.test\.ts$|(?:^|\/)(?:fixtures|testing)\//;

/** What the Dockerfile copies, less the other services: a service imports none. */
const inputsOf = (service: ServiceName, dockerfile: string): Inputs => ({
  root,
  paths: ['.dockerignore', ...copiedBy(readFileSync(dockerfile, 'utf8'))],
  ignored: (path) =>
    NEVER.test(path) ||
    SERVICES.some(
      (other) =>
        other !== service && path.startsWith(`services/${other}/`) && !path.endsWith('/package.json'),
    ),
});

/** A service whose image runs in a cluster. */
type Released = Extract<ServiceName, keyof typeof images>;
const isReleased = (service: ServiceName): service is Released => service in images;

const serviceImage = (
  service: Released,
  dockerfile: string,
  bases: Record<string, string>,
): Promise<string> =>
  ensureImage(
    `sluice-${service}`,
    { reference: images[service], dockerfile, context: root, args: { ...bases, SERVICE: service } },
    inputsOf(service, dockerfile),
  );

/** Argo CD would take over what the tests put there themselves. */
const DELIVERY = ['Application', 'AppProject'];

/** Every object of an environment but its delivery's, Namespaces and PriorityClasses first. */
export function objectsOf(environment: Environment, of = applications): KubernetesObject[] {
  const objects = [...render({ environments: [environment], applications: of }).values()]
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject))
    .filter(({ kind }) => !DELIVERY.includes(kind));
  const first = ({ kind }: KubernetesObject) => (kind === 'Namespace' || kind === 'PriorityClass' ? 0 : 1);
  return objects.sort((a, b) => first(a) - first(b));
}

/** A namespace and what is in it. */
export const objectsIn = (environment: Environment, namespace: string): KubernetesObject[] =>
  objectsOf(environment).filter(
    ({ kind, metadata }) =>
      metadata.namespace === namespace || (kind === 'Namespace' && metadata.name === namespace),
  );

/**
 * Puts the whole system on the cluster, the publisher's clock stopped: its runs begin when a test says so.
 * Resolves when the broker has its topology and a scaler leads.
 */
export async function deploySystem(
  cluster: Cluster,
  environment = testEnvironment,
  of = applications,
): Promise<void> {
  const objects = await servedBy(cluster, objectsOf(environment, of));
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  await cluster.apply(namespaces);
  await cluster.apply(generateSecrets(environment, of).map((secret) => ({ ...secret })));
  await cluster.apply(objects.map(stopped));
  const wait = (namespace: string, ...what: string[]) =>
    cluster.kubectl(['--namespace', namespace, 'wait', `--timeout=${patient(150)}s`, ...what], {
      seconds: 170,
    });
  await wait('broker', 'job', '--selector=app.kubernetes.io/name=topology', '--for=condition=Complete');
  await wait('scaler', 'deployment/scaler', '--for=condition=Available');
}

/** What Prometheus Operator reads is left out where it is not installed. */
async function servedBy(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
): Promise<readonly KubernetesObject[]> {
  const { stdout } = await cluster.kubectl(['api-versions']);
  const served = stdout.split('\n');
  return objects.filter(
    ({ apiVersion }) => !apiVersion.includes('.coreos.com/') || served.includes(apiVersion),
  );
}

const stopped = (object: KubernetesObject): KubernetesObject =>
  object.kind === 'CronJob' ? { ...object, spec: { ...(object.spec as object), suspend: true } } : object;
