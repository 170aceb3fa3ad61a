/** The golden connection matrix on real packets: allowed connections work, and where policies are enforced no others do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { broker, exporter, MONITORING, scaler, topology } from '../../apps/platform/identities.ts';
import { type Component, type Identity, labelsOf } from '../../charts/labels.ts';
import { images } from '../../environments/images.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { deploySystem, provideImages } from './system.ts';

const workload = (name: string, component: Component): Identity => ({ name, namespace: name, component });
const consumer = workload('consumer', 'worker');
const publisher = workload('publisher', 'publisher');
const api = workload('api', 'web');

let cluster: Cluster;
let seen: Watching;

/** A pod that listens on 8080 and connects to given addresses, under the labels of a workload. */
interface Probe {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

const probeOf = (identity: Identity): Probe => ({
  name: identity.name,
  namespace: identity.namespace,
  labels: labelsOf(identity),
});

const called = (who: string, namespace: string): Probe => ({
  ...{ name: who, namespace, labels: { 'app.kubernetes.io/name': who } },
});

const stranger: Probe = { name: 'stranger', namespace: broker.namespace, labels: {} };

const probes: readonly Probe[] = [
  ...[publisher, consumer, scaler, exporter, topology, api].map(probeOf),
  called('prometheus', MONITORING),
  called('traefik', 'traefik'),
  stranger,
];

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

const LISTEN = "require('node:net').createServer((socket) => socket.destroy()).listen(8080)";

const podOf = ({ name: who, namespace, labels }: Probe): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `probe-${who}`, namespace, labels },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'probe',
        image: images.publisher,
        imagePullPolicy: 'IfNotPresent',
        command: ['/usr/local/bin/node', '-e', LISTEN],
        securityContext: restricted,
      },
    ],
  },
});

/** Prints which of `HOST:PORT,...` take a connection within 2 s. */
const CONNECT = `
const { connect } = require('node:net');
const one = (target) => new Promise((resolve) => {
  const [host, port] = target.split(':');
  const socket = connect({ host, port: Number(port), timeout: 2000 });
  const end = (open) => { socket.destroy(); resolve([target, open]); };
  socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false));
});
Promise.all(process.argv[1].split(',').map(one)).then((all) => console.log(JSON.stringify(Object.fromEntries(all))));
`;

const addressOf = (namespace: string, pod: string): Promise<string> =>
  seen.kubectl('-n', namespace, 'get', 'pod', pod, '-o', 'jsonpath={.status.podIP}');

/** `NAME PORT` -> HOST:PORT: every port with a listener. */
let targets: Readonly<Record<string, string>>;

/** @returns the `NAME PORT` that a probe could connect to */
async function reached({ name: who, namespace }: Probe): Promise<string[]> {
  const list = Object.values(targets).join(',');
  const dial = ['-n', namespace, 'exec', `probe-${who}`, '--', '/usr/local/bin/node', '-e', CONNECT, list];
  const open = JSON.parse(await seen.kubectl(...dial)) as Record<string, boolean>;
  return Object.entries(targets)
    .filter(([, address]) => open[address])
    .map(([target]) => target)
    .sort();
}

const golden = readFileSync(join(import.meta.dirname, '..', 'synth', 'golden', 'connections.md'), 'utf8');

/** The rows of the environment that the test cluster's is made of, to those that listen here. */
const allowed = (who: string): string[] =>
  (golden.split('\n## ').find((part) => part.startsWith('local\n')) ?? '')
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .filter(([, from, to, port]) => from === who && `${to} ${port?.split('/')[0]}` in targets)
    .map(([, , to, port]) => `${to} ${port?.split('/')[0]}`)
    .sort();

beforeAll(async () => {
  cluster = await sharedCluster();
  await provideImages(cluster);
  await deploySystem(cluster);
  seen = watching(cluster);
  await cluster.apply(probes.map(podOf));
  for (const { name: who, namespace } of probes)
    await seen.kubectl(
      '-n',
      namespace,
      'wait',
      `pod/probe-${who}`,
      '--for=condition=Ready',
      `--timeout=${patient(60)}s`,
    );
  const brokerAddress = await addressOf(broker.namespace, 'broker-0');
  const listening = [publisher, consumer, scaler, exporter, topology, api].map(async (one) => [
    `${one.name} 8080`,
    `${await addressOf(one.namespace, `probe-${one.name}`)}:8080`,
  ]);
  targets = Object.fromEntries([
    ...[5672, 15_672, 15_692].map((port) => [`broker ${port}`, `${brokerAddress}:${port}`]),
    ...(await Promise.all(listening)),
  ]);
});

describe('the connection matrix', () => {
  const connected = probes.filter((probe) => probe !== stranger);

  test.each(connected)('$name opens every connection that the matrix allows', async (probe) => {
    expect(await reached(probe)).toEqual(expect.arrayContaining(allowed(probe.name)));
  });

  test('has a way to the broker, and one to each page of metrics', () => {
    expect(allowed('consumer')).toEqual(['broker 5672']);
    expect(allowed('prometheus').length).toBeGreaterThanOrEqual(3);
  });

  test('no other connection succeeds', async ({ skip }) => {
    const open = await reached(stranger);
    if (open.length > 0)
      skip(`not enforced here: this cluster's network lets a stranger reach ${open.join(', ')}`);
    for (const probe of connected) expect(await reached(probe), probe.name).toEqual(allowed(probe.name));
  });
});
