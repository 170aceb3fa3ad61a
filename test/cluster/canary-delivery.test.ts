/** A release by a commit: the real Argo CD and the real Argo Rollouts leave each other's fields alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { local } from '../../apps/testing/environments.ts';
import { release, api as service } from '../../apps/testing/workloads.ts';
import { POD_HASH_LABEL, releaseNames } from '../../charts/release.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { argoCdDefinitions } from '../../packages/testbed/definitions.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { applyDefinitions, definitionsOf } from '../../packages/testbed/lib/definitions.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { type Api, openApi } from './api.ts';
import { type Applications, applicationsOf } from './applications.ts';
import { startArgoCd } from './argo.ts';
import { installCrds } from './crds.ts';
import { type Desired, openDesired } from './desired.ts';
import { Releases, serviceIn } from './releases.ts';
import { provideService, testEnvironment } from './system.ts';

const name = 'canary-delivery';
const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined) process.stderr.write(`skipped: a cluster from source ${unavailable}\n`);

let cluster: Cluster;
let api: Api;
let desired: Desired;
let argo: Applications;
let releases: Releases;

const health = async () => (await argo.one(service.name)).status?.health?.status;

/** A release bears so many errors in a row, ten seconds apart: it must outlast a sync, however busy the machine is. */
const ERRORS = Math.min(9, patient(4));

/** Lets a release bear as many: by default it bears four. */
function outlast(folder: string): void {
  const file = join(folder, `analysistemplate-${releaseNames(service).analysis}.api.yaml`);
  const text = readFileSync(file, 'utf8');
  const patientText = text.replace(/^( +)- count: \d+$/gm, `$&\n$1  consecutiveErrorLimit: ${ERRORS}`);
  expect(patientText).not.toBe(text);
  writeFileSync(file, patientText);
}

/** Of which pods the two Services are. */
async function versions(): Promise<(string | undefined)[]> {
  const { stable, canary } = releaseNames(service);
  const of = async (one: string) => {
    const { body } = await api.ask(`/api/v1/namespaces/${service.namespace}/services/${one}`);
    return (body as KubernetesObject & { spec: { selector: Record<string, string> } }).spec.selector[
      POD_HASH_LABEL
    ];
  };
  return [await of(stable), await of(canary)];
}

describe.skipIf(unavailable !== undefined)('a release by Argo CD', () => {
  beforeAll(async () => {
    await fromSourceProvider.down(name);
    cluster = await fromSourceProvider.up({ name });
    api = await openApi(cluster.kubeconfig);
    argo = applicationsOf(cluster);
    desired = await openDesired(name);
    const environment = {
      ...testEnvironment,
      web: local.web,
      repository: { repoURL: desired.repoURL, revision: 'main' },
      // An HPA is healthy only while it reads its metrics: here the CPU alone.
      addons: local.addons.filter((addon) => addon !== 'prometheus-adapter'),
    };
    const objects = serviceIn(environment);
    releases = new Releases(cluster, api, objects);
    await provideService(cluster, 'api');
    await applyDefinitions(cluster, await definitionsOf(argoCdDefinitions));
    await installCrds(cluster, objects);
    for (const addon of ['metrics-server', 'argo-rollouts'] as const) await installAddon(cluster, addon);
    await cluster.apply(objects.filter(({ kind }) => kind === 'PriorityClass'));
    await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } }]);
    await startArgoCd(cluster);
    desired.render(environment);
    outlast(join(desired.folder, 'dist', environment.name, service.namespace));
    await desired.commit('Want the web service');
    const argocd = join(desired.folder, 'dist', environment.name, 'argocd');
    for (const file of ['root/appproject-workloads.argocd.yaml', 'workloads/application-api.argocd.yaml'])
      await cluster.kubectl(['apply', '--server-side', '--filename', join(argocd, file)]);
  });

  afterAll(async () => {
    api?.close();
    await fromSourceProvider.down(name);
  });

  test('begins with an Application that is Synced and Healthy', async () => {
    await argo.settled(170, 1);
    await releases.healthy(10);
    expect(await releases.shares()).toEqual([100, 0]);
  });

  test('is not taken back by a sync in the middle of it', async () => {
    const file = join(desired.folder, 'dist', testEnvironment.name, 'api', 'rollout-api.api.yaml');
    const before = readFileSync(file, 'utf8');
    const after = before.replace(
      /^( +)- name: DRAIN_DELAY_SECONDS$/m,
      '$1- name: RELEASE\n$1  value: "2"\n$&',
    );
    expect(after).not.toBe(before);
    writeFileSync(file, after);
    await desired.commit('Release');
    await argo.refresh(service.name);
    const [share = 0] = release.weights;
    await until('the first share', 60, async () => (await releases.shares())[1] === share);
    const { stableRS, currentPodHash } = await releases.status();
    expect(await argo.sync(service.name)).toMatch(/^Succeeded/);
    await argo.refresh(service.name);
    expect((await argo.one(service.name)).status?.sync?.status).toBe('Synced');
    await until('Argo CD to see the pause', 30, async () => (await health()) === 'Suspended');
    expect(await releases.shares()).toEqual([100 - share, share]);
    expect(await versions()).toEqual([stableRS, currentPodHash]);
  });

  test('goes back when its analysis gets no data, and Argo CD says so', async () => {
    // There is no Prometheus here: each reading of the analysis is an error.
    await until('the abort', 130 + 10 * ERRORS, async () => (await releases.status()).phase === 'Degraded');
    const { currentPodHash, stableRS } = await releases.status();
    expect(await releases.verdicts(currentPodHash)).toEqual([expect.stringMatching(/^Error/)]);
    await until('all requests at the old one', 30, async () => (await releases.shares())[0] === 100);
    await until('both Services at it', 30, async () => (await versions()).every((hash) => hash === stableRS));
    await until('Argo CD to see it', 30, async () => (await health()) === 'Degraded');
  });

  test('is healed by the commit that takes it back', async () => {
    await desired.revert();
    await argo.refresh(service.name);
    await argo.settled(60, 1);
    await releases.healthy(10);
  });
});
