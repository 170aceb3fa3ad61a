/** The timetable of the web service: the real scaler, permitted what dist permits, moves the minimum of a real HPA. */
import { setTimeout as pause } from 'node:timers/promises';
import { constant, type ScalerConfig, type SchedulePolicy, schedule } from '@sluice/policy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scaler } from '../../apps/platform/identities.ts';
import { applications } from '../../apps/testing/desired-state.ts';
import { scaling, api as service } from '../../apps/testing/workloads.ts';
import { generateSecrets } from '../../cli/secrets.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { type Api, openApi } from './api.ts';
import { killLeader, untilAnotherLeads } from './leader.ts';
import { sharedCluster } from './shared.ts';
import { objectsIn, objectsOf, provideService, testEnvironment } from './system.ts';

const LOW = 1;
const HIGH = 3;

/** The CPU alone: nothing sends requests here. */
const environment: Environment = {
  ...testEnvironment,
  addons: testEnvironment.addons.filter((addon) => addon !== 'prometheus-adapter'),
};

const inNamespace = (namespace: string) =>
  objectsIn(environment, namespace).filter(({ apiVersion }) => !apiVersion.includes('.coreos.com/'));

const classes = objectsOf(environment).filter(({ kind }) => kind === 'PriorityClass');
const served = inNamespace(service.namespace);
const hpa = served.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');

/** A clock that not even shares its minutes with UTC: 12:45 ahead, 13:45 in summer. */
const timeZone = 'Pacific/Chatham';

function cronAt(instant: number): string {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', minute: 'numeric' });
  const parts = new Map(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return `${parts.get('minute')} ${parts.get('hour')} * * *`;
}

const windowOf = (opens: number, closes: number): SchedulePolicy =>
  schedule({
    policy: constant({ replicas: LOW, maxReplicas: scaling.maxReplicas }),
    timeZone,
    windows: [{ start: cronAt(opens), end: cronAt(closes), minReplicas: HIGH }],
  });

/** The scaler as rendered, configured for the web service alone, and with another window. */
const scalerWith = (policy: SchedulePolicy): KubernetesObject[] =>
  inNamespace(scaler.namespace).map((object) => {
    const { 'config.json': text } = (object.data ?? {}) as Record<string, string>;
    if (text === undefined) return object;
    const config = JSON.parse(text) as ScalerConfig;
    const workloads = config.workloads
      .filter(({ target }) => target.kind === 'hpa')
      .map((workload) => ({ ...workload, policy }));
    expect(workloads).toHaveLength(1);
    return { ...object, data: { 'config.json': JSON.stringify({ ...config, workloads }) } };
  });

let cluster: Cluster;
let api: Api;
let opens: number;
let closes: number;

const kubectl = async (...args: string[]) => (await cluster.kubectl(args)).stdout.trim();

interface Sight {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The least that the HPA keeps. */
  readonly minimum: number;
  /** What it asks of the Deployment. */
  readonly wanted: number;
  readonly ready: number;
}

async function look(): Promise<Sight> {
  const within = (group: string, plural: string) =>
    api.ask(`/apis/${group}/namespaces/${service.namespace}/${plural}/${service.name}`);
  const [autoscaler, deployment] = await Promise.all([
    within('autoscaling/v2', 'horizontalpodautoscalers'),
    within('apps/v1', 'deployments'),
  ]);
  const { minReplicas } = (autoscaler.body as { readonly spec: { readonly minReplicas: number } }).spec;
  const { spec, status } = deployment.body as {
    readonly spec: { readonly replicas: number };
    readonly status: { readonly readyReplicas?: number };
  };
  return { at: Date.now(), minimum: minReplicas, wanted: spec.replicas, ready: status.readyReplicas ?? 0 };
}

const sights: Sight[] = [];
let watching = true;
let watched: Promise<void> = Promise.resolve();

async function watch(): Promise<void> {
  while (watching) {
    const sight = await look();
    const { minimum, wanted, ready, at } = sight;
    const last = sights.at(-1);
    sights.push(sight);
    if (last?.minimum !== minimum || last.wanted !== wanted || last.ready !== ready)
      process.stderr.write(
        `${((at - opens) / 1000).toFixed(1).padStart(7)} s  at least ${minimum}  ${ready} of ${wanted} ready\n`,
      );
    await pause(500);
  }
}

/** The first sight from an instant on of which something holds. */
const seen = (what: string, from: number, seconds: number, holds: (sight: Sight) => boolean) =>
  until(what, seconds, () => sights.find((sight) => sight.at >= from && holds(sight)));

beforeAll(async () => {
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
  for (const image of ['api', 'scaler'] as const) await provideService(cluster, image);
  await installAddon(cluster, 'metrics-server');
  await cluster.apply([...classes, ...served, ...inNamespace(scaler.namespace).slice(0, 1)]);
  const secrets = generateSecrets(environment, applications).filter(
    ({ metadata }) => metadata.namespace === scaler.namespace,
  );
  await cluster.apply(secrets.map((secret) => ({ ...secret })));
  const available = ['wait', 'deployment/api', '--for=condition=Available', `--timeout=${patient(120)}s`];
  await kubectl('-n', service.namespace, ...available);
  const active = 'jsonpath={.status.conditions[?(@.type=="ScalingActive")].status}';
  const status = ['-n', service.namespace, 'get', 'hpa', service.name, '-o', active];
  await until('the HPA to read the CPU', 180, async () => (await kubectl(...status)) === 'True');
  await until('a single pod', 180, async () => (await look()).wanted === LOW);
  // The next whole minute that leaves the scaler's pods half a minute to start.
  opens = Math.ceil((Date.now() + 30_000) / 60_000) * 60_000;
  closes = opens + 120_000;
  await cluster.apply(scalerWith(windowOf(opens, closes)));
  watched = watch();
});

afterAll(async () => {
  watching = false;
  await watched;
  api?.close();
});

describe('an HPA whose minimum a timetable owns', () => {
  test('begins at the minimum that Kubernetes gives it: its manifest names none', async () => {
    expect(hpa).toHaveLength(1);
    expect(hpa[0]?.spec).not.toHaveProperty('minReplicas');
    await untilAnotherLeads(cluster, 60);
    expect((await look()).minimum).toBe(LOW);
  });

  test('has more pods within seconds of the opening, before any request comes', async () => {
    const raised = await seen('a raised minimum', 0, 150, ({ minimum }) => minimum === HIGH);
    expect(raised.at).toBeGreaterThanOrEqual(opens);
    // A poll is 5 s; the rest is the sight's own delay.
    expect(raised.at - opens).toBeLessThan(patient(8) * 1000);
    const ready = await seen('pods that are ready', raised.at, 60, (sight) => sight.ready === HIGH);
    expect(ready.at).toBeLessThan(closes);
  });

  test('keeps them when the leading scaler dies, and when its manifest is applied again', async () => {
    const died = Date.now();
    const leader = await killLeader(cluster);
    await cluster.apply(hpa);
    await untilAnotherLeads(cluster, 30, leader);
    expect(Date.now()).toBeLessThan(closes);
    process.stderr.write(`another scaler led after ${((Date.now() - died) / 1000).toFixed(1)} s\n`);
    await seen('the end of the window', closes - 1000, 120, () => true);
    const during = sights.filter(({ at }) => at >= died && at < closes);
    expect(new Set(during.map(({ minimum }) => minimum))).toEqual(new Set([HIGH]));
    expect(new Set(during.map(({ wanted }) => wanted))).toEqual(new Set([HIGH]));
  });

  test('lets the HPA take them away in its own time after the closing', async () => {
    const lowered = await seen('a lowered minimum', closes, 30, ({ minimum }) => minimum === LOW);
    expect(lowered.at - closes).toBeLessThan(patient(8) * 1000);
    const fewer = await seen('a pod less', closes, 150, ({ wanted }) => wanted === HIGH - 1);
    // Its window remembers what the load asked for, and that was never more than one: it may go at once.
    const syncSeconds = 15;
    expect(fewer.at - lowered.at).toBeLessThan(patient(2 * syncSeconds) * 1000);
    const [slow] = scaling.behavior.scaleDown.policies;
    const lowest = await seen('a single pod', fewer.at, 150, ({ wanted }) => wanted === LOW);
    expect((lowest.at - fewer.at) / 1000).toBeGreaterThan(slow.periodSeconds - syncSeconds);
    const after = sights.filter(({ at }) => at > lowered.at);
    expect(new Set(after.map(({ minimum }) => minimum))).toEqual(new Set([LOW]));
  });

  test('reports by Events about the HPA what was done and why', async () => {
    const path = `/apis/events.k8s.io/v1/namespaces/${service.namespace}/events`;
    interface Told {
      readonly reportingController: string;
      readonly eventTime: string;
      readonly reason: string;
      readonly note: string;
      readonly regarding: { readonly kind: string; readonly name: string };
    }
    const told = ((await api.ask(path)).body as { readonly items: readonly Told[] }).items
      .filter(({ reportingController }) => reportingController === 'sluice.dev/scaler')
      .sort((a, b) => a.eventTime.localeCompare(b.eventTime));
    process.stderr.write(`${told.map(({ eventTime, note }) => `${eventTime} ${note}`).join('\n')}\n`);
    expect(told.map(({ reason }) => reason)).toEqual(['ScheduleFloor', 'DesiredWithinRange']);
    for (const { regarding } of told)
      expect(regarding).toMatchObject({ kind: 'HorizontalPodAutoscaler', name: service.name });
    expect(told[0]?.note).toContain(`(${timeZone}) keeps at least 3 replicas`);
  });
});
