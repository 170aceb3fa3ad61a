/** Certificates by openssl: one authority, and one client or server certificate a component. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../lib/run.ts';
import { addresses, type ClusterPaths, nodeName } from './cluster-paths.ts';

interface Certificate {
  readonly name: string;
  readonly subject: string;
  readonly alternatives?: string;
}

const server = ['127.0.0.1', addresses.node, addresses.apiService].map((ip) => `IP:${ip}`);
const serverNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'];

const certificates: readonly Certificate[] = [
  {
    name: 'apiserver',
    subject: '/CN=kube-apiserver',
    alternatives: [...server, ...serverNames.map((name) => `DNS:${name}`)].join(','),
  },
  { name: 'admin', subject: '/O=system:masters/CN=admin' },
  { name: 'controller-manager', subject: '/CN=system:kube-controller-manager' },
  { name: 'scheduler', subject: '/CN=system:kube-scheduler' },
  { name: 'proxy', subject: '/CN=system:kube-proxy' },
  {
    name: 'node',
    subject: `/O=system:nodes/CN=system:node:${nodeName}`,
    alternatives: `IP:${addresses.node},DNS:${nodeName}`,
  },
  { name: 'kubelet-client', subject: '/O=system:masters/CN=apiserver-kubelet-client' },
  { name: 'front-proxy', subject: '/CN=front-proxy-client' },
];

const days = ['-days', '3650'];
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function authority(pki: string): Promise<void> {
  const openssl = (...args: string[]) => run(['openssl', ...args], { cwd: pki });
  const usage = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  const extensions = usage.flatMap((one) => ['-addext', one]);
  const subject = ['-subj', '/CN=sluice-testbed'];
  await openssl(
    'req',
    '-x509',
    '-new',
    ...newKey,
    '-keyout',
    'ca.key',
    ...subject,
    ...days,
    '-out',
    'ca.crt',
    ...extensions,
  );
}

async function issue(pki: string, { name, subject, alternatives }: Certificate): Promise<void> {
  const openssl = (...args: string[]) => run(['openssl', ...args], { cwd: pki });
  const lines = ['extendedKeyUsage=serverAuth,clientAuth'];
  if (alternatives !== undefined) lines.push(`subjectAltName=${alternatives}`);
  writeFileSync(join(pki, `${name}.ext`), `${lines.join('\n')}\n`);
  await openssl('req', '-new', ...newKey, '-keyout', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
  const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAserial', `${name}.srl`, '-CAcreateserial'];
  const files = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.crt`];
  await openssl('x509', '-req', ...signer, ...days, ...files);
}

async function serviceAccountKey(pki: string): Promise<void> {
  await run(['openssl', 'genrsa', '-out', 'sa.key', '2048'], { cwd: pki });
  await run(['openssl', 'rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub'], { cwd: pki });
}

/** Writes NAME.key and NAME.crt for every component, ca.crt and the service accounts' key pair. */
export async function createPki(at: ClusterPaths): Promise<void> {
  mkdirSync(at.pki, { recursive: true, mode: 0o700 });
  await authority(at.pki);
  await Promise.all([serviceAccountKey(at.pki), ...certificates.map((one) => issue(at.pki, one))]);
}

/** Writes a kubeconfig (JSON is YAML) that refers to the certificate of `user`. @returns its path */
export function writeKubeconfig(at: ClusterPaths, user: string, file: string, port: number): string {
  const crt = (name: string) => join(at.pki, name);
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': crt('ca.crt') };
  const credentials = { 'client-certificate': crt(`${user}.crt`), 'client-key': crt(`${user}.key`) };
  const context = `sluice-${at.name}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name: context, context: { cluster: context, user } }],
    'current-context': context,
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return file;
}
