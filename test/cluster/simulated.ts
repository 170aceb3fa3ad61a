/** Rendered workloads on simulated nodes. A simulated node has 4 CPUs and no disk. */
import { expect } from 'vitest';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { type Api, applyStrictly } from './api.ts';
import { deploymentOf } from './pods.ts';
import { objectsOf } from './rendered.ts';

export interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string };
}

/** A Deployment of the pods as rendered, but onto simulated nodes and with a stated size. */
export function simulated(object: KubernetesObject, replicas: number, cpu: string): KubernetesObject {
  const { spec, ...deployment } = deploymentOf(object);
  const { containers, ...pod } = spec.template.spec;
  const sized = containers.map((each) => ({ ...each, resources: { requests: { cpu } } }));
  const placed = {
    nodeSelector: { type: 'kwok' },
    tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
  };
  const template = { ...spec.template, spec: { ...pod, ...placed, containers: sized } };
  return { ...deployment, spec: { ...spec, replicas, template } };
}

export async function applyTo(api: Api, object: KubernetesObject): Promise<void> {
  const { status, body } = await applyStrictly(api, object);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
}

/** What the workloads of an environment stand on. */
export async function applyKinds(api: Api, environment: string, kinds: readonly string[]): Promise<void> {
  for (const kind of kinds) for (const object of objectsOf(environment, kind)) await applyTo(api, object);
}

/** @param path of a list of pods */
export async function podsAt(api: Api, path: string): Promise<Pod[]> {
  const { body } = await api.ask(path);
  return (body as { readonly items: Pod[] }).items;
}
