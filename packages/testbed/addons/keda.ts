/**
 * KEDA as pods, by its own manifests: operator, metrics adapter, permissions, and the API that they serve.
 * @see https://keda.sh/docs/2.20/deploy/
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Cluster, KubernetesObject } from '../cluster.ts';
import { kedaDefinitions } from '../definitions.ts';
import { toolImage } from '../images/buildah.ts';
import { applyDefinitions, definitionsOf, moduleFolder } from '../lib/definitions.ts';
import { step } from '../lib/say.ts';
import { until } from '../lib/until.ts';
import { keda } from '../tools.ts';
import { namespace } from './objects.ts';

const NAMESPACE = 'keda';
const FOLDERS = ['rbac', 'service_account', 'manager', 'metrics-server'];

/** Deployment -> the program of it, as it is built here. */
const PROGRAMS: Readonly<Record<string, 'operator' | 'adapter'>> = {
  'keda-operator': 'operator',
  'keda-metrics-apiserver': 'adapter',
};

const imageOf = (program: string): string => `sluice.test/keda-${program}:1`;

interface Container {
  readonly args: readonly string[];
  readonly livenessProbe?: object;
  readonly readinessProbe: object;
}

/** Its admission webhook is not installed, so no webhook needs a CA bundle. */
const FLAGS = { operator: ['--enable-webhook-patching=false'], adapter: [] } as const;

/** The Deployment with the image that is built here, which is ready as soon as it says so. */
function ofBuild(object: KubernetesObject): KubernetesObject {
  const program = PROGRAMS[object.metadata.name];
  if (object.kind !== 'Deployment' || program === undefined) return object;
  const spec = object.spec as { template: { spec: { containers: Container[] } } };
  const { template } = spec;
  const containers = template.spec.containers.map(({ livenessProbe: _, ...container }) => ({
    ...container,
    ...{ image: imageOf(program), imagePullPolicy: 'IfNotPresent', command: [`/bin/${program}`] },
    args: [...container.args, ...FLAGS[program]],
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '500Mi' } },
    readinessProbe: { ...container.readinessProbe, initialDelaySeconds: 0, periodSeconds: 1 },
  }));
  return {
    ...object,
    spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}

async function objects(): Promise<KubernetesObject[]> {
  const { module, version } = kedaDefinitions;
  const root = join(await moduleFolder(module, version), 'config');
  return FOLDERS.flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(root, folder, file)))
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)
    .map(ofBuild);
}

/** Builds what is missing, applies it and waits until external metrics are served. Idempotent. */
export const installKeda = (cluster: Cluster): Promise<void> =>
  step('keda', async () => {
    for (const program of Object.values(PROGRAMS))
      await cluster.image(await toolImage(keda, imageOf(program), program));
    await applyDefinitions(cluster, await definitionsOf(kedaDefinitions));
    await cluster.apply([namespace(NAMESPACE), ...(await objects())]);
    for (const name of Object.keys(PROGRAMS))
      await cluster.kubectl(
        ['-n', NAMESPACE, 'wait', `deployment/${name}`, '--for=condition=Available', '--timeout=180s'],
        { seconds: 200 },
      );
    const get = ['get', '--raw', '/apis/external.metrics.k8s.io/v1beta1'];
    await until(
      'the external metrics',
      90,
      async () => (await cluster.kubectl(get, { check: false })).code === 0,
    );
  });
