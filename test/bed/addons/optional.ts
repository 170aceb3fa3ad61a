/** Addons on request: built from source, then run as pods. */
import { BedError, type Cluster, type KubernetesObject } from '../cluster.ts';
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
    await available(cluster, namespace, tool.name);
  });
}

/** @throws BedError with the pod's last words where it is not ready in time */
async function available(cluster: Cluster, namespace: string, deployment: string): Promise<void> {
  const within = ['--namespace', namespace];
  const wait = ['wait', `deployment/${deployment}`, '--for=condition=Available', '--timeout=60s'];
  const { code } = await cluster.kubectl([...within, ...wait], { check: false });
  if (code === 0) return;
  const logs = ['logs', `deployment/${deployment}`, '--tail=5'];
  const { stdout, stderr } = await cluster.kubectl([...within, ...logs], { check: false });
  throw new BedError(`${deployment} is not ready after 60 s; its last words: ${stdout || stderr}`);
}
