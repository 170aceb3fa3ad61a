/** The test cluster keeps what it promises. A cluster of its own, beside whatever else runs. */
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { leftovers } from '../../packages/testbed/from-source/down.ts';
import { pauseImage } from '../../packages/testbed/from-source/node.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import {
  ensureRabbitmqImage,
  ensureValkeyImage,
  rabbitmqStandin,
} from '../../packages/testbed/images/build.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { run } from '../../packages/testbed/lib/run.ts';
import { until } from '../../packages/testbed/lib/until.ts';

const name = 'testbed-test';
const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined) process.stderr.write(`skipped: a cluster from source ${unavailable}\n`);

const namespace = 'testbed-test';

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

const podSecurity = {
  runAsNonRoot: true,
  runAsUser: 10_001,
  fsGroup: 10_001,
  seccompProfile: { type: 'RuntimeDefault' },
};

const restrictedNamespace: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

function deployment(app: string, replicas: number, pod: Readonly<Record<string, unknown>>): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { securityContext: podSecurity, ...pod } },
    },
  };
}

function service(app: string, port: number): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app, namespace },
    spec: { selector: { app }, ports: [{ port }] },
  };
}

const claim: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

const broker = deployment('broker', 1, {
  volumes: [
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'log', emptyDir: {} },
    { name: 'tmp', emptyDir: {} },
  ],
  containers: [
    {
      name: 'broker',
      image: rabbitmqStandin,
      imagePullPolicy: 'IfNotPresent',
      env: [
        { name: 'RABBITMQ_NODENAME', value: 'rabbit@localhost' },
        { name: 'HOME', value: '/tmp' },
      ],
      readinessProbe: { tcpSocket: { port: 5672 }, periodSeconds: 1 },
      securityContext: restricted,
      volumeMounts: [
        { name: 'data', mountPath: '/var/lib/rabbitmq' },
        { name: 'log', mountPath: '/var/log/rabbitmq' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    },
  ],
});

/** A pod of its own asks a Service by name: name, address, translation and way back must all work. */
const asker = (host: string, port: number): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'asker', namespace },
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        securityContext: podSecurity,
        containers: [
          {
            name: 'asker',
            image: rabbitmqStandin,
            imagePullPolicy: 'IfNotPresent',
            securityContext: restricted,
            command: [
              'bash',
              '-c',
              `exec 3<>/dev/tcp/${host}/${port} && printf HELLOYOU >&3 && head -c 4 <&3`,
            ],
          },
        ],
      },
    },
  },
});

describe.skipIf(unavailable !== undefined)('a cluster from source', () => {
  let cluster: Cluster;

  const available = async (app: string) => {
    const wait = ['wait', `deployment/${app}`, '--for=condition=Available', `--timeout=${patient(90)}s`];
    await cluster.kubectl(['--namespace', namespace, ...wait]);
  };

  beforeAll(async () => {
    await fromSourceProvider.down(name);
    const began = performance.now();
    cluster = await fromSourceProvider.up({ name, kwokNodes: 2 });
    process.stderr.write(`up after ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    await cluster.apply([restrictedNamespace]);
  });

  afterAll(async () => {
    await fromSourceProvider.down(name);
  });

  test('has one Ready node, and simulated ones on request', async () => {
    const { stdout } = await cluster.kubectl(['get', 'nodes', '--no-headers']);
    const rows = stdout
      .trim()
      .split('\n')
      .map((row) => row.split(/\s+/).slice(0, 2).join(' '));
    expect(rows.sort()).toEqual(['kwok-1 Ready', 'kwok-2 Ready', 'node-1 Ready']);
  });

  test('is reached by its kubeconfig from the machine, where its network is not', async () => {
    const { stdout } = await cluster.kubectl([
      'config',
      'view',
      '-o',
      'jsonpath={.clusters[0].cluster.server}',
    ]);
    expect(stdout).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const inside = await cluster.exec(['ip', '-4', '-o', 'addr', 'show']);
    expect(inside.stdout).toContain('172.30.99.1/24');
  });

  test("has no way out: the machine's own address answers outside and not inside", async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const host = own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    const server = createServer((_, response) => response.end('out'));
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const reach = ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${host}/${port}`];
    expect((await run(reach, { check: false })).code).toBe(0);
    expect((await cluster.exec(reach, { check: false })).code).not.toBe(0);
    server.close();
  });

  test('runs pods in a namespace that enforces the restricted Pod Security Standard', async () => {
    const pod = { containers: [{ name: 'pause', image: pauseImage, securityContext: restricted }] };
    await cluster.apply([deployment('pause', 2, pod)]);
    await available('pause');
  });

  test('refuses a pod that the restricted standard forbids', async () => {
    const root = { containers: [{ name: 'root', image: pauseImage, securityContext: { privileged: true } }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace }, spec: root };
    await expect(cluster.apply([pod])).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  test('refuses a field that does not exist', async () => {
    const typo = { ...claim, spec: { ...(claim.spec as object), storageClas: 'local-volumes' } };
    await expect(cluster.apply([typo])).rejects.toThrow(/storageClas/);
  });

  test('a broker with a volume runs, and a pod reaches it by name through its Service', async () => {
    await cluster.image(await ensureRabbitmqImage());
    await cluster.apply([claim, broker, service('broker', 5672)]);
    await available('broker');
    await cluster.apply([asker(`broker.${namespace}.svc.cluster.local`, 5672)]);
    const wait = ['wait', 'job/asker', '--for=condition=Complete', `--timeout=${patient(60)}s`];
    await cluster.kubectl(['--namespace', namespace, ...wait]);
    const { stdout } = await cluster.kubectl(['--namespace', namespace, 'logs', 'job/asker']);
    // Eight bytes that are no AMQP header: the broker answers with the header it speaks.
    expect(stdout).toBe('AMQP');
  });

  test('a pod that names a digest gets the image that was built in its place', async () => {
    const image = `registry.invalid:5000/data/valkey:8.1.10@sha256:${'0123456789abcdef'.repeat(4)}`;
    await cluster.image(await ensureValkeyImage(image));
    const valkey = { name: 'pinned', image, imagePullPolicy: 'IfNotPresent', args: ['--save', ''] };
    const template = { containers: [{ ...valkey, securityContext: restricted }] };
    await cluster.apply([deployment('pinned', 1, template)]);
    await available('pinned');
  });

  test('a second up takes the running cluster', async () => {
    const uid = async (one: Cluster) =>
      (await one.kubectl(['get', 'node', 'node-1', '-o', 'jsonpath={.metadata.uid}'])).stdout;
    const before = await uid(cluster);
    expect(await uid(await fromSourceProvider.up({ name }))).toBe(before);
  });

  test('after a crash, up clears what is left and starts again', async () => {
    const processes = (await leftovers(name)).filter((one) => one.includes('kube-apiserver'));
    const pid = Number(/process (\d+)/.exec(processes[0] ?? '')?.[1]);
    process.kill(pid, 'SIGKILL');
    await until('the crash to show', 20, async () => (await fromSourceProvider.find(name)) === undefined);
    cluster = await fromSourceProvider.up({ name });
    const { stdout } = await cluster.kubectl(['get', 'namespaces', '-o', 'name']);
    expect(stdout).not.toContain(namespace);
  });

  test('down leaves no process, mount, namespace, interface, cgroup or file', async () => {
    expect((await leftovers(name)).length).toBeGreaterThan(10);
    await cluster.stop();
    expect(await leftovers(name)).toEqual([]);
  });

  test('down is idempotent', async () => {
    await fromSourceProvider.down(name);
    expect(await leftovers(name)).toEqual([]);
  });
});
