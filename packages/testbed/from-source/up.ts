import { existsSync, mkdirSync } from 'node:fs';
import { installAddons } from '../addons/addons.ts';
import { type Cluster, type ClusterOptions, TestbedError } from '../cluster.ts';
import { ensureImages } from '../images/buildah.ts';
import { ensurePackages, nodePackages } from '../lib/packages.ts';
import { run } from '../lib/run.ts';
import { say, step } from '../lib/say.ts';
import { ensureTool, ensureTools } from '../lib/tools.ts';
import { until } from '../lib/until.ts';
import { coredns, etcd, kubernetes, kwok, pause } from '../tools.ts';
import { createCgroup } from './cgroup.ts';
import { builtCluster, importImage } from './cluster-handle.ts';
import { addresses, type ClusterPaths, nodeName, pathsOf } from './cluster-paths.ts';
import { apiServerDaemon, controllerManagerDaemon, etcdDaemon, schedulerDaemon } from './control-plane.ts';
import { removeBuilt } from './down.ts';
import { addKwokNodes } from './kwok.ts';
import { containerdDaemon, createNetwork, kubeletDaemon, proxyDaemon } from './node.ts';
import { createPki, writeKubeconfig } from './pki.ts';
import { openPortForward } from './port-forwards.ts';
import { logTail, runs, start, started } from './processes.ts';

/** Waits for the API server, and says its last words where it ended instead. */
async function apiReady(at: ClusterPaths, cluster: Cluster): Promise<void> {
  await until('the API server', 60, async () => {
    const dead = started(at.journal).find((one) => !runs(one));
    if (dead !== undefined) throw new TestbedError(`${dead.name} ended:\n${logTail(at, dead.name)}`);
    return (await cluster.kubectl(['get', '--raw', '/readyz'], { check: false, seconds: 3 })).code === 0;
  });
}

async function startControlPlane(at: ClusterPaths): Promise<Cluster> {
  const bin = await ensureTool(kubernetes);
  start(at, etcdDaemon(at, await ensureTool(etcd)));
  start(at, apiServerDaemon(at, bin));
  const port = await openPortForward(at, 'api', `127.0.0.1:${addresses.apiPort}`);
  writeKubeconfig(at, 'admin', at.kubeconfig, port);
  const cluster = builtCluster(at, bin);
  await apiReady(at, cluster);
  start(at, controllerManagerDaemon(at, bin));
  start(at, schedulerDaemon(at, bin));
  return cluster;
}

async function startNode(at: ClusterPaths, cluster: Cluster, images: readonly string[]): Promise<void> {
  const bin = await ensureTool(kubernetes);
  start(at, containerdDaemon(at));
  await until('containerd', 20, () => existsSync(at.containerdSocket));
  await until(
    'containerd to answer',
    20,
    async () =>
      (await run(['ctr', '--address', at.containerdSocket, 'version'], { check: false })).code === 0,
  );
  for (const archive of images) await importImage(at, archive);
  start(at, kubeletDaemon(at, bin));
  start(at, proxyDaemon(at, bin));
  await until(`node ${nodeName} to be Ready`, 60, async () => {
    const jsonpath = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
    const { stdout } = await cluster.kubectl(['get', 'node', nodeName, '-o', jsonpath], { check: false });
    return stdout === 'True';
  });
  await declareScratchSpace(cluster);
}

/** The kubelet here cannot measure disks (localStorageCapacityIsolation), and pods that ask for some would stay pending. */
async function declareScratchSpace(cluster: Cluster): Promise<void> {
  const patch = JSON.stringify({ status: { capacity: { 'ephemeral-storage': '50Gi' } } });
  await cluster.kubectl([
    'patch',
    'node',
    nodeName,
    '--subresource=status',
    '--type=merge',
    '--patch',
    patch,
  ]);
  await until('the node to offer scratch space', 30, async () => {
    const jsonpath = "jsonpath={.status.allocatable['ephemeral-storage']}";
    const { stdout } = await cluster.kubectl(['get', 'node', nodeName, '-o', jsonpath]);
    return stdout !== '';
  });
}

async function bringUp(at: ClusterPaths): Promise<Cluster> {
  mkdirSync(at.state, { recursive: true, mode: 0o700 });
  createCgroup(at.cgroup);
  await createNetwork(at);
  await step('certificates', () => createPki(at));
  const cluster = await step('control plane', () => startControlPlane(at));
  const images = await ensureImages();
  await step('node', () => startNode(at, cluster, images));
  await until(
    'the default service account',
    30,
    async () => (await cluster.kubectl(['get', 'serviceaccount', 'default'], { check: false })).code === 0,
  );
  await step('names and volumes', () => installAddons(at, cluster));
  return cluster;
}

/** @returns the cluster where all that the journal names still runs */
export async function findBuilt(name: string): Promise<Cluster | undefined> {
  const at = pathsOf(name);
  const recorded = started(at.journal);
  if (recorded.length === 0 || !recorded.every(runs) || !existsSync(at.kubeconfig)) return undefined;
  const cluster = builtCluster(at, await ensureTool(kubernetes));
  const ready = await cluster.kubectl(['get', 'node', nodeName], { check: false, seconds: 10 });
  return ready.code === 0 ? cluster : undefined;
}

/** Brings the cluster up; takes the running one; clears a crashed or half-started one first. */
export async function buildCluster(options: ClusterOptions & { readonly name: string }): Promise<Cluster> {
  const at = pathsOf(options.name);
  await ensurePackages(nodePackages);
  await ensureTools([kubernetes, etcd, coredns, pause, ...(options.kwokNodes ? [kwok] : [])]);
  const cluster = (await findBuilt(options.name)) ?? (await freshly(at));
  const count = options.kwokNodes ?? 0;
  if (count > 0) await step(`${count} simulated nodes`, () => addKwokNodes(at, cluster, count));
  return cluster;
}

async function freshly(at: ClusterPaths): Promise<Cluster> {
  if (existsSync(at.state)) say(`clearing what is left of an earlier '${at.name}'`);
  await removeBuilt(at.name);
  return bringUp(at);
}
