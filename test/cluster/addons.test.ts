/** The addons on request, as pods of a cluster from source: resource metrics and a real Ingress. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ingressAddress } from '../../packages/testbed/addons/traefik.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { ensureRabbitmqImage, rabbitmqStandin } from '../../packages/testbed/images/build.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { sharedCluster } from './shared.ts';

const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined) process.stderr.write(`skipped: a cluster from source ${unavailable}\n`);

const metadata = { name: 'web', namespace: 'default' };
const labels = { app: 'web' };
const program = "require('http').createServer((q, r) => r.end('hello ' + q.headers.host)).listen(8080)";

const web: readonly KubernetesObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, labels },
    // The one image at hand that has node.
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'web', image: rabbitmqStandin, command: ['node', '-e', program] }],
    },
  },
  { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 8080 }] } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: {
      ingressClassName: 'traefik',
      rules: [
        {
          host: 'web.test',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'web', port: { number: 8080 } } },
              },
            ],
          },
        },
      ],
    },
  },
];

describe.skipIf(unavailable !== undefined)('addons', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await sharedCluster({ provider: 'from-source' });
  });

  test('metrics-server reports what the node and its pods use', async () => {
    await installAddon(cluster, 'metrics-server');
    const { stdout } = await until('the first reading', 90, async () => {
      const output = await cluster.kubectl(['top', 'node', '--no-headers'], { check: false });
      return output.code === 0 ? output : undefined;
    });
    expect(stdout).toMatch(/^node-1\s+\d+m\s+\d+%\s+\d+Mi/);
  });

  test('Traefik answers for an Ingress, and for no other host', async () => {
    await installAddon(cluster, 'traefik');
    await cluster.image(await ensureRabbitmqImage());
    await cluster.apply(web);
    const address = await ingressAddress(cluster);
    const get = (host: string) =>
      cluster.exec(['curl', '-s', '-m', '5', '-H', `Host: ${host}`, `http://${address}/`]);
    await until('the Ingress', 60, async () => (await get('web.test')).stdout === 'hello web.test');
    expect((await get('other.test')).stdout).toContain('404');
  });
});
