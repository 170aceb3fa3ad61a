/** Releases of the web service as Argo Rollouts makes them, observed from outside. */
import { expect } from 'vitest';
import { api as service } from '../../apps/testing/workloads.ts';
import { POD_HASH_LABEL } from '../../charts/release.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import type { Api } from './api.ts';
import { objectsIn, objectsOf } from './system.ts';

const { name, namespace } = service;

/** The objects of the web service, and what they stand on. */
export const serviceIn = (environment: Environment): KubernetesObject[] => [
  ...objectsOf(environment).filter(({ kind }) => kind === 'PriorityClass'),
  ...objectsIn(environment, namespace),
];

/** A harmless change. */
export const GOOD = { RELEASE: '2' };

interface Rollout extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status?: {
    /** Of the spec that the rest was said of. */
    readonly observedGeneration?: string;
    readonly phase?: string;
    readonly message?: string;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
  };
}

interface Split {
  readonly spec: { readonly weighted: { readonly services: readonly { readonly weight: number }[] } };
}

interface AnalysisRun extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly creationTimestamp: string };
  readonly status?: {
    readonly phase: string;
    readonly metricResults?: readonly { readonly name: string; readonly phase: string }[];
  };
}

export class Releases {
  readonly #cluster: Cluster;
  readonly #api: Api;
  readonly #objects: readonly KubernetesObject[];

  /** @param objects of the web service, as they are in git */
  constructor(cluster: Cluster, api: Api, objects: readonly KubernetesObject[]) {
    this.#cluster = cluster;
    this.#api = api;
    this.#objects = objects;
  }

  /** An object that is named after the service. */
  async read<T>(group: string, resource: string): Promise<T> {
    const { status, body } = await this.#api.ask(
      `/apis/${group}/namespaces/${namespace}/${resource}/${name}`,
    );
    expect(status, JSON.stringify(body)).toBe(200);
    return body as T;
  }

  async status(): Promise<NonNullable<Rollout['status']>> {
    return (await this.read<Rollout>('argoproj.io/v1alpha1', 'rollouts')).status ?? {};
  }

  async replicas(): Promise<number> {
    return (await this.read<Rollout>('argoproj.io/v1alpha1', 'rollouts')).spec.replicas;
  }

  /** The shares of the requests, in percent, that Traefik gives the stable and the new version. */
  async shares(): Promise<readonly number[]> {
    const { spec } = await this.read<Split>('traefik.io/v1alpha1', 'traefikservices');
    return spec.weighted.services.map(({ weight }) => weight);
  }

  /** Applies the Rollout as Argo CD would after a commit, with more in the environment of its container. */
  async commit(extra: Readonly<Record<string, string>>): Promise<void> {
    for (const object of this.#objects.filter(({ kind }) => kind === 'Rollout')) {
      const changed = structuredClone(object) as KubernetesObject & {
        spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
      };
      const env = changed.spec.template.spec.containers[0]?.env;
      env?.push(...Object.entries(extra).map(([key, value]) => ({ name: key, value })));
      await this.#cluster.apply([changed]);
    }
  }

  /** Gives the new version all, as `kubectl argo rollouts promote --full` does. */
  async promote(): Promise<void> {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${name}/status`;
    const body = { status: { promoteFull: true } };
    const { status } = await this.#api.ask(path, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body,
    });
    expect(status).toBe(200);
  }

  /** Resolves when the newest version is the stable one. */
  async healthy(seconds: number): Promise<void> {
    const isHealthy = async () => {
      const { metadata, status } = await this.read<Rollout>('argoproj.io/v1alpha1', 'rollouts');
      return status?.phase === 'Healthy' && status.observedGeneration === String(metadata.generation);
    };
    await until('the Rollout', seconds, isHealthy).catch(async (cause: unknown) => {
      throw new Error(JSON.stringify(await this.status(), undefined, 1), { cause });
    });
  }

  /** The runs that judged the pods of a version, in the order of their steps: the phase, and each metric that was not met. */
  async verdicts(hash = ''): Promise<string[]> {
    const selector = encodeURIComponent(`${POD_HASH_LABEL}=${hash}`);
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns?labelSelector=${selector}`;
    const { items } = (await this.#api.ask(path)).body as { readonly items: readonly AnalysisRun[] };
    return items
      .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))
      .map(({ status }) => {
        const unmet = status?.metricResults?.filter((one) => one.phase !== 'Successful') ?? [];
        return [status?.phase, ...unmet.map((one) => `${one.name}: ${one.phase}`)].join(' ');
      });
  }
}
