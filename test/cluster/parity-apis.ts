/** What an adapter needs of the API server: its place in the aggregation, its definitions, its certificate. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { kedaDefinitions } from '../../packages/testbed/definitions.ts';
import { addresses } from '../../packages/testbed/from-source/cluster-paths.ts';
import { applyDefinitions, definitionsOf } from '../../packages/testbed/lib/definitions.ts';
import { run } from '../../packages/testbed/lib/run.ts';
import { namespace } from './parity-workloads.ts';

/** The one API that two adapters cannot serve at once. */
const apiService = 'v1beta1.external.metrics.k8s.io';
const group = 'external.metrics.k8s.io';
const service = 'external-metrics';

/** Where an adapter listens: the API server asks endpoints themselves, and those are never on loopback. */
export const adapterAddress = addresses.node;

/** Says that the external metrics are served on that port of the node. */
export const aggregate = (cluster: Cluster, port: number): Promise<void> =>
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service, namespace },
      spec: { ports: [{ name: 'https', port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: service, namespace, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      ports: [{ name: 'https', port }],
      endpoints: [{ addresses: [adapterAddress] }],
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: apiService },
      spec: {
        group,
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        // A test's own network, without a way out.
        insecureSkipTLSVerify: true,
        service: { name: service, namespace, port },
      },
    },
  ]);

export async function forgetAggregate(cluster: Cluster): Promise<void> {
  await cluster.kubectl(['delete', 'apiservice', apiService, '--ignore-not-found']);
  const both = [`service/${service}`, `endpointslice/${service}`];
  await cluster.kubectl(['-n', namespace, 'delete', ...both, '--ignore-not-found']);
}

/** Installs KEDA's own definitions, of the version that is built, and waits until the API server serves them. */
export const installDefinitions = async (cluster: Cluster): Promise<void> =>
  applyDefinitions(cluster, await definitionsOf(kedaDefinitions));

/** ca.crt, tls.crt and tls.key for loopback: KEDA's operator and adapter trust each other by them. */
export async function servingCertificate(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const openssl = (...args: string[]) => run(['openssl', ...args], { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout'];
  const authority = ['-addext', 'basicConstraints=critical,CA:TRUE', '-out', 'ca.crt', '-days', '30'];
  await openssl('req', '-x509', '-new', ...key, 'ca.key', '-subj', '/CN=parity', ...authority);
  await openssl('req', '-new', ...key, 'tls.key', '-subj', '/CN=localhost', '-out', 'tls.csr');
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n';
  writeFileSync(join(folder, 'tls.ext'), names);
  const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30'];
  await openssl('x509', '-req', ...signer, '-in', 'tls.csr', '-extfile', 'tls.ext', '-out', 'tls.crt');
  return folder;
}
