/** Addons on request: built from source, then run as pods. */
import type { Cluster, KubernetesObject } from '../cluster.ts';
import { toolImage } from '../images/tool.ts';
import { step } from '../lib/say.ts';
import type { Tool } from '../lib/tools.ts';
import { metricsServer, traefik } from '../tools.ts';
import { metricsServerImage, metricsServerObjects } from './metrics-server.ts';
import { traefikImage, traefikObjects } from './traefik.ts';

interface Addon {
  readonly tool: Tool;
  readonly image: string;
  readonly objects: readonly KubernetesObject[];
  readonly namespace: string;
}

const addons = {
  'metrics-server': {
    tool: metricsServer,
    image: metricsServerImage,
    objects: metricsServerObjects,
    namespace: 'kube-system',
  },
  traefik: { tool: traefik, image: traefikImage, objects: traefikObjects, namespace: 'traefik' },
} as const satisfies Record<string, Addon>;

export type AddonName = keyof typeof addons;

export const addonNames = Object.keys(addons) as AddonName[];

/** Builds what is missing, applies it and waits until its pod is ready. Idempotent. */
export async function installAddon(cluster: Cluster, name: AddonName): Promise<void> {
  const { tool, image, objects, namespace }: Addon = addons[name];
  await step(name, async () => {
    await cluster.image(await toolImage(tool, image));
    await cluster.apply(objects);
    const wait = ['wait', `deployment/${tool.name}`, '--for=condition=Available', '--timeout=120s'];
    await cluster.kubectl(['--namespace', namespace, ...wait]);
  });
}
