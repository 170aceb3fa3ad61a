/** What is rendered is what a real API server takes: every key known, every rule kept, nothing to warn of. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { installCrds, UNDEFINED } from './crds.ts';
import { type PodSpec, podOf } from './pods.ts';
import { manifestsOf as allOf, environments, manifests, objectOf, objectsOf } from './rendered.ts';
import { sharedCluster } from './shared.ts';

const manifestsOf = (environment: string) =>
  allOf(environment).filter(({ object }) => !UNDEFINED.includes(object.kind));

let cluster: Cluster;
let api: Api;

beforeAll(async () => {
  const left = manifests.filter(({ object }) => UNDEFINED.includes(object.kind)).map(({ path }) => path);
  process.stderr.write(`not asked of the API server, which lacks their definitions: ${left.join(', ')}\n`);
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
  await installCrds(
    cluster,
    manifests.map(({ object }) => object),
  );
});

afterAll(() => api?.close());

describe.each(environments)('dist/%s', (environment) => {
  beforeAll(async () => {
    // Namespaces hold the Pod Security level; a pod needs its account and its priority.
    const needed = ['Namespace', 'PriorityClass', 'ServiceAccount'];
    for (const kind of needed)
      for (const object of objectsOf(environment, kind)) {
        const { status, warnings } = await applyStrictly(api, object);
        expect([status, warnings]).toEqual([expect.toBeOneOf([200, 201]), []]);
      }
  });

  test.each(manifestsOf(environment))(
    '$path is accepted as it is, without a warning',
    async ({ object, text }) => {
      const { status, warnings, body } = await applyStrictly(api, object, { dryRun: true, text });
      expect([status, warnings], JSON.stringify(body)).toEqual([expect.toBeOneOf([200, 201]), []]);
    },
  );

  const pods = objectsOf(environment).flatMap((object) => podOf(object) ?? []);

  test.each(pods)('the pod of $metadata.name is admitted to $metadata.namespace', async (pod) => {
    const path = (await api.pathOf(pod)).replace(/\/[^/]+$/, '?dryRun=All&fieldValidation=Strict');
    const { status, warnings, body } = await api.ask(path, { method: 'POST', body: pod });
    expect([status, warnings], JSON.stringify(body)).toEqual([201, []]);
  });
});

describe('the proof can fail', () => {
  const consumer = objectOf('local', 'Deployment', 'consumer');
  const spec = consumer.spec as { readonly template: { readonly spec: PodSpec } };
  const privileged = spec.template.spec.containers.map((each) => ({
    ...each,
    securityContext: { privileged: true },
  }));
  const unsafe = { ...spec.template, spec: { ...spec.template.spec, containers: privileged } };

  test('a key that does not exist is refused', async () => {
    const typo = { ...consumer, spec: { ...spec, replica: 1 } };
    const { status, body } = await applyStrictly(api, typo, { dryRun: true });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toMatch(/spec\.replica\b.*not declared/);
  });

  test('so is one in a custom resource', async () => {
    const monitor = objectOf('local', 'ServiceMonitor', 'consumer');
    const typo = { ...monitor, spec: { ...(monitor.spec as object), endpoint: [] } };
    const { status, body } = await applyStrictly(api, typo, { dryRun: true });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toMatch(/spec\.endpoint\b/);
  });

  test('so is a key written twice', async () => {
    const twice = `${JSON.stringify(consumer).slice(0, -1)},"spec":${JSON.stringify(spec)}}`;
    const { status, body } = await applyStrictly(api, consumer, { dryRun: true, text: twice });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toMatch(/already set|duplicate/i);
  });

  test('a privileged template is warned of', async () => {
    const { status, warnings } = await applyStrictly(
      api,
      { ...consumer, spec: { ...spec, template: unsafe } },
      { dryRun: true },
    );
    expect(status).toBeLessThan(300);
    expect(warnings.join()).toMatch(/would violate PodSecurity "restricted:[^"]+": privileged/);
  });

  test('a privileged pod is refused', async () => {
    const pod = podOf({ ...consumer, spec: { ...spec, template: unsafe } });
    const { status, body } = await api.ask('/api/v1/namespaces/consumer/pods?dryRun=All', {
      method: 'POST',
      body: pod,
    });
    expect(status).toBe(403);
    expect(JSON.stringify(body)).toContain('violates PodSecurity');
  });

  test('a deprecated API is warned of', async () => {
    const { warnings } = await api.ask('/api/v1/componentstatuses');
    expect(warnings.join()).toContain('deprecated');
  });
});
