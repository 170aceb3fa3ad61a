import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { applications, environments, local, render } from '../../apps/testing/desired-state.ts';
import { charts } from '../../environments/versions.ts';
import { writeDist } from '../../packages/manifests/dist.ts';
import type { ProviderName } from '../../packages/testbed/cluster.ts';
import { runBootstrap } from '../bootstrap.ts';
import { generateSecrets } from '../secrets.ts';
import { RecordedCluster, type RecordedMachine, recordedMachine } from './recorded.ts';
import { completing } from './secrets.ts';
import { objectsIn, ofKind } from './wanted.ts';

const DIST = mkdtempSync(join(tmpdir(), 'sluice-bootstrap-'));
beforeAll(() => void writeDist(DIST, render()));

let cluster: RecordedCluster;
let machine: RecordedMachine;

const workload = (name: string, namespace: string, chart: string) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: {
    ...{ name, namespace },
    labels: { 'app.kubernetes.io/part-of': 'argocd', 'helm.sh/chart': chart },
  },
  spec: { replicas: 1 },
  status: { readyReplicas: 1 },
});

const monitor = {
  ...{ apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor' },
  metadata: { name: 'argocd', namespace: 'argocd' },
};
const definition = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: 'applications.argoproj.io' },
};

const yaml = (...objects: readonly object[]): string => objects.map((one) => stringify(one)).join('---\n');

/** A cluster on which Argo CD, once it has its root, brings every Application of the environment. */
function start(provider: ProviderName, environment: string): void {
  cluster = new RecordedCluster(provider);
  machine = recordedMachine(cluster);
  const argoCd = workload('argocd-server', 'argocd', `argo-cd-${charts['argo-cd'].version}`);
  machine.charts.set('argo-cd', yaml(argoCd, monitor, definition));
  machine.charts.set('external-secrets', yaml(workload('external-secrets', 'external-secrets', 'x')));
  cluster.reactions.push(({ kind, metadata, status }, put) => {
    if (kind === 'ExternalSecret')
      put({
        ...{ apiVersion: 'v1', kind: 'Secret' },
        metadata: { name: metadata.name, namespace: metadata.namespace ?? '' },
      });
    if (kind !== 'Application' || metadata.name !== 'root' || status !== undefined) return;
    const settled = { sync: { status: 'Synced' }, health: { status: 'Healthy' } };
    for (const one of ofKind({ objects: objectsIn(DIST, environment) }, 'Application'))
      put({ ...one, status: settled });
  });
}

const run = (...argv: string[]): Promise<number> =>
  runBootstrap(argv, { environments, applications, dist: DIST, machine });

const outcomes = (): string[] =>
  machine.said
    .splice(0)
    .flatMap((line) => /^(\d\/8 [^:]+: .*) \(/.exec(line)?.[1] ?? [])
    .slice(1);

const changes = (): string[] =>
  cluster.calls.map(({ command }) => command).filter((one) => /^(apply|create|.*rollout restart)/.test(one));

beforeEach(() => start('kind', 'local'));

describe('bootstrap of local', () => {
  it('goes step by step, and ends with the pages', async () => {
    expect(await run('local')).toBe(0);
    expect(outcomes()).toEqual([
      '2/8 CoreDNS upstream: nothing to do',
      '3/8 namespaces: done',
      '4/8 generated Secrets: done',
      '5/8 Argo CD: done',
      '6/8 repository credential: nothing to do',
      '7/8 root Application: done',
      '8/8 Applications: nothing to do',
    ]);
    expect(machine.printed.join('')).toMatch(
      /^'local' runs\.\n\n[\s\S]*http:\/\/argocd\.sluice\.localhost\n {2}user admin\n {2}password\n {4}kubectl /,
    );
  });

  it('installs Argo CD with the values of its own Application, definitions first', async () => {
    await run('local');
    const file = `${DIST}/local/argocd/addons/application-argo-cd.argocd.yaml`;
    const { spec } = parse(readFileSync(file, 'utf8'));
    const [helm] = machine.helmCalls;
    expect(JSON.parse(helm?.input ?? '')).toEqual(spec.source.helm.valuesObject);
    expect(helm?.command).toContain(`--version ${spec.source.targetRevision}`);
    expect(helm?.command).toContain('--kube-version v1.34.2');
    const kinds = cluster.calls
      .filter(({ command }) => command.startsWith('apply'))
      .map(({ input }) => JSON.parse(input).items.map(({ kind }: { kind: string }) => kind));
    expect(kinds.slice(1)).toEqual([
      ['CustomResourceDefinition'],
      // A ServiceMonitor is of a kind that this server does not know yet.
      ['Deployment'],
      ['AppProject', 'Application'],
    ]);
  });

  it('takes a chart by path where one is given', async () => {
    machine.charts.set('chart', `name: argo-cd\nversion: ${charts['argo-cd'].version}\n`);
    expect(await run('local', '--chart', 'argo-cd=/charts/argo-cd.tgz')).toBe(0);
    expect(machine.helmCalls.at(-1)?.command).toMatch(/^template argo-cd \/charts\/argo-cd\.tgz --namespace/);
  });

  it('goes on where it stopped: what was made before stays as it was', async () => {
    const chart = machine.charts.get('argo-cd') ?? '';
    machine.charts.delete('argo-cd');
    expect(await run('local')).toBe(1);
    expect(machine.said.at(-1)).toMatch(
      /the repository does not answer\nThe same command goes on from here\.$/,
    );
    expect(outcomes().at(-1)).toBe('4/8 generated Secrets: done');
    const secrets = [...cluster.objects].filter(([key]) => key.startsWith('secret/'));
    machine.charts.set('argo-cd', chart);
    expect(await run('local')).toBe(0);
    expect(outcomes().slice(1, 4)).toEqual([
      '3/8 namespaces: nothing to do',
      '4/8 generated Secrets: nothing to do',
      '5/8 Argo CD: done',
    ]);
    expect([...cluster.objects].filter(([key]) => key.startsWith('secret/'))).toEqual(secrets);
  });

  it('changes nothing the second time', async () => {
    await run('local');
    cluster.calls.splice(0);
    machine.helmCalls.splice(0);
    outcomes();
    expect(await run('local')).toBe(0);
    expect(new Set(outcomes().map((line) => line.split(': ')[1]))).toEqual(new Set(['nothing to do']));
    expect([changes(), machine.helmCalls]).toEqual([[], []]);
  });

  it('neither prints a password nor gives it to a program as an argument', async () => {
    await run('local');
    const passwords = [...cluster.objects.values()]
      .filter(({ kind }) => kind === 'Secret')
      .flatMap(({ stringData }) => Object.values(stringData as Record<string, string>));
    expect(passwords.length).toBeGreaterThan(6);
    const seen = [
      ...[...cluster.calls, ...machine.helmCalls].map(({ command }) => command),
      ...[...machine.said, ...machine.printed],
    ].join('\n');
    for (const password of passwords) expect(seen).not.toContain(password);
  });

  it('is refused a cluster that follows another environment', async () => {
    const root = ofKind({ objects: objectsIn(DIST, 'production') }, 'Application').find(
      ({ metadata }) => metadata.name === 'root',
    );
    cluster.reactions.splice(0);
    if (root !== undefined) cluster.put({ ...root });
    expect(await run('local')).toBe(1);
    expect(machine.said.at(-1)).toContain(
      'follows dist/production/argocd/root, not dist/local/argocd/root: nothing was changed',
    );
    expect(changes()).toEqual([]);
  });

  it('says for what it waits, and gives up when the time is over', async () => {
    cluster.reactions.splice(0);
    expect(await run('local', '--timeout', '1m')).toBe(1);
    const waiting = machine.said.filter((line) => line.startsWith('waiting for'));
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).toContain('broker not there yet');
    expect(machine.said.at(-1)).toContain('not Synced and Healthy within 60 s:\n');
    expect(machine.now()).toBe(60_000);
  });
});

describe('the upstream of CoreDNS', () => {
  const Corefile =
    '.:53 {\n    forward . /etc/resolv.conf {\n       max_concurrent 1000\n    }\n    loop\n}\n';
  const settings = (): unknown => cluster.objects.get('configmap/kube-system/coredns')?.data;

  beforeEach(() =>
    cluster.put({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { Corefile } },
      metadata: { name: 'coredns', namespace: 'kube-system' },
    }),
  );

  it('stays what it is where no resolver loops', async () => {
    machine.files.set('/etc/resolv.conf', 'nameserver 192.0.2.1\n');
    await run('local');
    expect(settings()).toEqual({ Corefile });
  });

  it('is what stands behind a resolver on the loopback of this machine', async () => {
    machine.files.set('/etc/resolv.conf', 'search example.com\nnameserver 127.0.0.53\n');
    machine.files.set('/run/systemd/resolve/resolv.conf', 'nameserver 192.0.2.53\n');
    await run('local');
    const forwarded = Corefile.replace('/etc/resolv.conf', '192.0.2.53');
    expect(settings()).toEqual({ Corefile: forwarded });
    expect(changes()).toContain('--namespace kube-system rollout restart deployment/coredns');
    await run('local');
    expect(outcomes().filter((line) => line.startsWith('2/8'))).toEqual([
      '2/8 CoreDNS upstream: done',
      '2/8 CoreDNS upstream: nothing to do',
    ]);
  });

  it('is a public resolver where CoreDNS stopped over its own question and the machine names no other', async () => {
    cluster.logs = '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone "."';
    await run('local');
    expect(settings()).toEqual({ Corefile: Corefile.replace('/etc/resolv.conf', '1.1.1.1 8.8.8.8') });
  });
});

describe('bootstrap of production', () => {
  beforeEach(() => start('existing', 'production'));

  it('fetches the deploy key from the secret store before Argo CD needs it, and makes no Secret itself', async () => {
    expect(await run('production', '--context', 'sluice')).toBe(0);
    expect(outcomes()).toEqual([
      '2/8 CoreDNS upstream: nothing to do',
      '3/8 namespaces: done',
      '4/8 generated Secrets: nothing to do',
      '5/8 Argo CD: done',
      '6/8 repository credential: done',
      '7/8 root Application: done',
      '8/8 Applications: nothing to do',
    ]);
    expect(machine.helmCalls.map(({ command }) => command.split(' ')[1])).toEqual([
      'argo-cd',
      'external-secrets',
    ]);
    expect(cluster.calls.some(({ command }) => command.startsWith('create'))).toBe(false);
    expect(cluster.calls.map(({ command }) => command)).toContain(
      '--namespace argocd wait --for=condition=Ready --timeout=300s externalsecret/argocd-secret externalsecret/repository',
    );
    expect(await run('production', '--context', 'sluice')).toBe(0);
    expect(machine.helmCalls).toHaveLength(2);
  });
});

describe('a Secret that is missing beside others', () => {
  it('gets the password that its user has already', () => {
    const all = generateSecrets(local, applications);
    const users = all.find(({ metadata }) => metadata.name === 'broker-users')?.stringData ?? {};
    const owner = { name: 'consumer', namespace: 'consumer', component: 'worker' } as const;
    const missing = [{ owner, secretName: 'broker-credentials', keys: { password: 'consumer' } }];
    const made = completing(
      { environment: local, applications },
      { missing, known: new Map(Object.entries(users)) },
    );
    expect(made.map(({ metadata, stringData, immutable }) => ({ metadata, stringData, immutable }))).toEqual([
      {
        metadata: { name: 'broker-credentials', namespace: 'consumer' },
        stringData: { password: users.consumer },
        immutable: true,
      },
    ]);
  });
});
