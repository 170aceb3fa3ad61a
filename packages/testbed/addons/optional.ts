/** Addons on request: built from source, then run as pods. */
import { type Cluster, type KubernetesObject, TestbedError } from '../cluster.ts';
import { argoRolloutsDefinitions, prometheusDefinitions, traefikDefinitions } from '../definitions.ts';
import { toolImage } from '../images/buildah.ts';
import { applyDefinitions, type DefinitionSource, definitionsOf } from '../lib/definitions.ts';
import { step } from '../lib/say.ts';
import { until } from '../lib/until.ts';
import {
  argoRollouts,
  metricsServer,
  prometheus,
  prometheusAdapter,
  prometheusOperator,
  traefik,
} from '../tools.ts';
import { argoRolloutsImage, argoRolloutsObjects } from './argo-rollouts.ts';
import { metricsServerImage, metricsServerObjects } from './metrics-server.ts';
import { type Installed, namespace } from './objects.ts';
import {
  monitoringNamespace,
  operatorImage,
  prometheusImage,
  prometheusObjects,
  reloaderImage,
} from './prometheus.ts';
import { prometheusAdapterImage, prometheusAdapterObjects } from './prometheus-adapter.ts';
import { traefikImage, traefikObjects } from './traefik.ts';

interface Addon {
  /** OCI archives, made where they are not there yet. */
  readonly images: () => Promise<string>[];
  readonly definitions?: DefinitionSource;
  readonly objects: (wanted: Installed) => readonly KubernetesObject[];
  readonly namespace: string;
  /** Label selector of the pods that must be ready. */
  readonly pods: readonly string[];
}

const named = (name: string): string => `app.kubernetes.io/name=${name}`;

const addons = {
  'metrics-server': {
    images: () => [toolImage(metricsServer, metricsServerImage)],
    objects: () => metricsServerObjects,
    namespace: 'kube-system',
    pods: [named('metrics-server')],
  },
  traefik: {
    images: () => [toolImage(traefik, traefikImage)],
    definitions: traefikDefinitions,
    objects: () => [namespace('traefik'), ...traefikObjects],
    namespace: 'traefik',
    pods: [named('traefik')],
  },
  prometheus: {
    images: () => [
      toolImage(prometheusOperator, operatorImage, 'operator'),
      toolImage(prometheusOperator, reloaderImage, 'prometheus-config-reloader'),
      toolImage(prometheus, prometheusImage),
    ],
    definitions: prometheusDefinitions,
    objects: () => [namespace(monitoringNamespace), ...prometheusObjects],
    namespace: monitoringNamespace,
    pods: [named('prometheus-operator'), 'operator.prometheus.io/name=prometheus'],
  },
  'argo-rollouts': {
    images: () => [toolImage(argoRollouts, argoRolloutsImage, 'rollouts-controller')],
    definitions: argoRolloutsDefinitions,
    objects: (wanted) => [namespace('argo-rollouts'), ...argoRolloutsObjects(wanted)],
    namespace: 'argo-rollouts',
    pods: [named('argo-rollouts')],
  },
  // Reads the Prometheus of the addon above.
  'prometheus-adapter': {
    images: () => [toolImage(prometheusAdapter, prometheusAdapterImage, 'adapter')],
    objects: (wanted) => [namespace(monitoringNamespace), ...prometheusAdapterObjects(wanted)],
    namespace: monitoringNamespace,
    pods: [named('prometheus-adapter')],
  },
} as const satisfies Record<string, Addon>;

export type AddonName = keyof typeof addons;

/** The addons that `--with` takes. */
export const addonNames = Object.keys(addons) as AddonName[];

/**
 * Builds what is missing, applies it and waits until its pods are ready. Idempotent.
 * @param wanted Whose values it gets
 */
export async function installAddon(cluster: Cluster, name: AddonName, wanted: Installed): Promise<void> {
  const addon: Addon = addons[name];
  await step(name, async () => {
    for (const archive of await Promise.all(addon.images())) await cluster.image(archive);
    if (addon.definitions) await applyDefinitions(cluster, await definitionsOf(addon.definitions));
    await cluster.apply(addon.objects(wanted));
    for (const selector of addon.pods) await ready(cluster, addon.namespace, selector);
  });
}

/** @throws TestbedError with the pods' last words where one is not ready in time */
async function ready(cluster: Cluster, inNamespace: string, selector: string): Promise<void> {
  const those = ['--namespace', inNamespace, '--selector', selector];
  const get = ['get', 'pods', '--output', 'jsonpath={.items[*].status.containerStatuses[*].ready}'];
  const allReady = async () => /^true( true)*$/.test((await cluster.kubectl([...get, ...those])).stdout);
  await until(`pods ${selector}`, 90, allReady).catch(async (cause: unknown) => {
    const logs = ['logs', '--all-containers', '--tail=5'];
    const { stdout, stderr } = await cluster.kubectl([...logs, ...those], { check: false });
    throw new TestbedError(`${selector} is not ready; its last words: ${stdout || stderr}`, { cause });
  });
}
