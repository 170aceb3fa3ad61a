/** The step every merge takes: the dist before it runs, the dist after it is applied over that. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { installCrds, UNDEFINED } from './crds.ts';
import { earlierDist } from './history.ts';
import { environments, type Manifest, manifests, manifestsIn, objectOf } from './rendered.ts';
import { sharedCluster } from './shared.ts';

const earlier = await earlierDist();
if (typeof earlier === 'string') process.stderr.write(`skipped: ${earlier}\n`);
else process.stderr.write(`the earlier dist is that of ${earlier.commit}\n`);

interface Autoscaler {
  readonly spec: {
    readonly minReplicas?: number;
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  };
}

/** Namespaces first, then what others refer to. */
const early = ['Namespace', 'PriorityClass', 'ServiceAccount', 'ConfigMap', 'Secret'];
const inOrder = (list: readonly Manifest[], environment: string): Manifest[] => {
  const rank = ({ object }: Manifest) => (early.indexOf(object.kind) + early.length + 1) % (early.length + 1);
  return list
    .filter((each) => each.environment === environment && !UNDEFINED.includes(each.object.kind))
    .sort((a, b) => rank(a) - rank(b));
};

describe.skipIf(typeof earlier === 'string')('an upgrade', () => {
  let cluster: Cluster;
  let api: Api;
  const before = typeof earlier === 'string' ? [] : manifestsIn(earlier.root);

  beforeAll(async () => {
    cluster = await sharedCluster();
    api = await openApi(cluster.kubeconfig);
    await installCrds(
      cluster,
      [...before, ...manifests].map(({ object }) => object),
    );
  });

  afterAll(async () => {
    api?.close();
    if (typeof earlier !== 'string') rmSync(dirname(earlier.root), { recursive: true, force: true });
  });

  /** @returns one line for each object that was refused */
  async function applyAll(list: readonly Manifest[]): Promise<string[]> {
    const faults: string[] = [];
    for (const { path, object } of list) {
      const { status, body } = await applyStrictly(api, object);
      if (status >= 300) faults.push(`${path}: ${(body as { message?: string }).message}`);
    }
    return faults;
  }

  async function clear(list: readonly Manifest[]): Promise<void> {
    const names = list
      .filter(({ object }) => object.kind === 'Namespace')
      .map(({ object }) => object.metadata.name);
    await cluster.kubectl(['delete', 'namespace', '--wait=false', '--ignore-not-found', ...names]);
    await until('the namespaces to be gone', 120, async () => {
      const { stdout } = await cluster.kubectl([
        'get',
        'namespace',
        ...names,
        '-o',
        'name',
        '--ignore-not-found',
      ]);
      return stdout.trim() === '';
    });
  }

  test.each(environments)(
    'of %s is applied without a refusal, and a second time changes nothing',
    async (environment) => {
      const [old, now] = [inOrder(before, environment), inOrder(manifests, environment)];
      expect(old.length).toBeGreaterThan(10);
      try {
        expect(await applyAll(old)).toEqual([]);
        expect(await applyAll(now)).toEqual([]);
        await raised(now);
        const first = await generations(now);
        expect(await applyAll(now)).toEqual([]);
        expect(await generations(now)).toEqual(first);
      } finally {
        await clear([...old, ...now]);
      }
    },
  );

  /** Waits until every HPA has raised its Deployment to the least count: that is not a change of the second apply. */
  async function raised(list: readonly Manifest[]): Promise<void> {
    for (const { object } of list.filter(({ object: { kind } }) => kind === 'HorizontalPodAutoscaler')) {
      const { minReplicas = 1, scaleTargetRef } = (object as unknown as Autoscaler).spec;
      const { kind, name } = scaleTargetRef;
      // One of a Rollout reads its absent count as 0, at which an HPA leaves it alone.
      if (kind !== 'Deployment') continue;
      const { namespace = '' } = object.metadata;
      const path = await api.pathOf({ apiVersion: 'apps/v1', kind, metadata: { name, namespace } });
      await until(`${minReplicas} replicas of ${name}`, 60, async () => {
        const { spec } = (await api.ask(path)).body as { spec: { replicas: number } };
        return spec.replicas >= minReplicas;
      });
    }
  }

  /** One line an object; its generation counts the changes of its spec. */
  async function generations(list: readonly Manifest[]): Promise<string[]> {
    const bodies = await Promise.all(list.map(async ({ object }) => api.ask(await api.pathOf(object))));
    return bodies.map(({ body }, index) => {
      const { uid, generation } = (body as Manifest['object']).metadata;
      return `${list[index]?.path} ${uid} ${generation}`;
    });
  }

  test('would be stopped by a changed immutable field', async () => {
    const namespaces = inOrder(manifests, 'local').filter(({ object }) => object.kind === 'Namespace');
    expect(await applyAll(namespaces)).toEqual([]);
    const object = objectOf('local', 'Job', jobName());
    const { spec } = object as unknown as { spec: { template: { spec: object } } };
    const template = { ...spec.template, spec: { ...spec.template.spec, restartPolicy: 'OnFailure' } };
    const changed = {
      path: 'changed',
      environment: 'local',
      text: '',
      object: { ...object, spec: { ...spec, template, podFailurePolicy: undefined } },
    };
    expect(await applyAll([{ ...changed, object }])).toEqual([]);
    expect(await applyAll([changed])).toEqual([expect.stringContaining('field is immutable')]);
    await clear(namespaces);
  });
});

const jobName = () => manifests.find(({ object }) => object.kind === 'Job')?.object.metadata.name ?? '';
