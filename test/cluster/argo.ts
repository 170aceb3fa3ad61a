import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ARGOCD_NAMESPACE, argoCdParameters, argoCdSettings } from '../../argocd/settings.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { argoCdDefinitions } from '../../packages/testbed/definitions.ts';
import { moduleFolder } from '../../packages/testbed/lib/definitions.ts';
import { ensurePackages } from '../../packages/testbed/lib/packages.ts';
import { ensureTool } from '../../packages/testbed/lib/tools.ts';
import { argoCd } from '../../packages/testbed/tools.ts';
import { insideOf } from './in-cluster-process.ts';

/**
 * Argo CD itself beside the cluster: its repo-server, its application-controller and the cache between them, with
 * the settings that the environments give it. @see https://argo-cd.readthedocs.io/en/stable/operator-manual/architecture/
 */
const ports = { redis: 6379, repoServer: 8081, repoMetrics: 8084, controllerMetrics: 8082 };
const redis = `127.0.0.1:${ports.redis}`;

const partOf = { 'app.kubernetes.io/part-of': 'argocd' };

const configuration = (): KubernetesObject[] => {
  const named = (kind: string, name: string, data: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: ARGOCD_NAMESPACE, labels: partOf },
    ...data,
  });
  return [
    named('ConfigMap', 'argocd-cm', { data: argoCdSettings({}) }),
    named('ConfigMap', 'argocd-cmd-params-cm', { data: argoCdParameters }),
    named('ConfigMap', 'argocd-rbac-cm', {}),
    // It signs sessions of a server that does not run here.
    named('Secret', 'argocd-secret', { stringData: { 'server.secretkey': 'for tests alone' } }),
  ];
};

/** Starts it. Resolves when the controller watches Applications; their definitions must be served. */
export async function startArgoCd(cluster: Cluster): Promise<void> {
  await ensurePackages({ 'redis-server': '/usr/bin/redis-server', git: '/usr/bin/git' });
  const inside = insideOf(cluster.name);
  const programs = await programsIn(join(inside.folder, 'argocd'));
  await cluster.apply(configuration());
  const env = {
    PATH: `${programs}:${process.env.PATH}`,
    KUBECONFIG: inside.kubeconfig,
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    TMPDIR: programs,
  };
  const cache = [
    'redis-server',
    '--bind',
    '127.0.0.1',
    '--port',
    `${ports.redis}`,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  inside.start({ name: 'argocd-redis', command: cache });
  await inside.until('argocd-redis', 30, () =>
    inside.log('argocd-redis').includes('Ready to accept connections'),
  );
  const repoServer = [
    ...['--address=127.0.0.1', `--port=${ports.repoServer}`, `--redis=${redis}`],
    ...['--metrics-address=127.0.0.1', `--metrics-port=${ports.repoMetrics}`],
  ];
  inside.start({
    name: 'argocd-repo-server',
    command: [join(programs, 'argocd-repo-server'), ...repoServer],
    env,
  });
  await inside.until('argocd-repo-server', 60, () => answers(cluster, ports.repoMetrics));
  const controller = [
    ...['--namespace', ARGOCD_NAMESPACE, `--redis=${redis}`, `--metrics-port=${ports.controllerMetrics}`],
    `--repo-server=127.0.0.1:${ports.repoServer}`,
  ];
  const program = join(programs, 'argocd-application-controller');
  inside.start({ name: 'argocd-application-controller', command: [program, ...controller], env });
  await inside.until('argocd-application-controller', 60, () => answers(cluster, ports.controllerMetrics));
}

const answers = async (cluster: Cluster, port: number): Promise<boolean> => {
  const get = ['curl', '-sf', '-o', '/dev/null', '-m', '2', `http://127.0.0.1:${port}/metrics`];
  return (await cluster.exec(get, { check: false })).code === 0;
};

/** One binary is every part, by the name it is called; it runs git through two scripts of its own. */
async function programsIn(folder: string): Promise<string> {
  const bin = await ensureTool(argoCd);
  mkdirSync(folder, { recursive: true });
  for (const part of ['argocd-repo-server', 'argocd-application-controller'])
    symlinkSync(join(bin, 'cmd'), join(folder, part));
  const sources = await moduleFolder(argoCdDefinitions.module, argoCdDefinitions.version);
  for (const script of ['git-verify-wrapper.sh', 'gpg-wrapper.sh']) {
    copyFileSync(join(sources, 'hack', script), join(folder, script));
    chmodSync(join(folder, script), 0o755);
  }
  return folder;
}
