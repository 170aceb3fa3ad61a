import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  applications,
  environments,
  local,
  production,
  render,
  systemIn,
} from '../../apps/testing/desired-state.ts';
import type { Environment } from '../../environments/environment.ts';
import { charts } from '../../environments/versions.ts';
import { writeDist } from '../../packages/manifests/dist.ts';
import type { ProviderName } from '../../packages/testbed/cluster.ts';
import { runBootstrap, type Sources } from '../bootstrap.ts';
import { BootstrapError, type MachineLike } from './machine.ts';

const DIST = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
beforeAll(() => void writeDist(DIST, render()));

interface Props {
  readonly helm?: string;
  readonly provider?: ProviderName;
  /** null: kubectl does not know. */
  readonly context?: string | null;
  readonly files?: Readonly<Record<string, string>>;
}

/** A machine on which nothing may be opened. */
function lookingOnly({ helm, provider, context = 'dev', files = {} }: Props = {}) {
  const printed: string[] = [];
  const machine: MachineLike = {
    provider: async (wanted) => {
      if (provider === undefined || (wanted !== undefined && wanted !== provider))
        throw new BootstrapError('no cluster can be had here:\nkind: no Docker engine answers');
      return provider;
    },
    context: () => (context === null ? Promise.reject(new Error('not there')) : Promise.resolve(context)),
    open: () => Promise.reject(new Error('a look opens no cluster')),
    helm: async ([verb, , path = '']) => {
      const text = verb === 'version' ? helm : files[path];
      if (text === undefined) throw new Error('not there');
      return { code: 0, stdout: text, stderr: '' };
    },
    read: (path) => files[path] ?? '',
    say: (text) => printed.push(text),
    print: (text) => printed.push(text),
    now: () => 0,
    pause: () => Promise.resolve(),
  };
  return { machine, text: () => printed.join('') };
}

async function plan(environment: string, props: Props = {}, ...options: string[]): Promise<string> {
  const { machine, text } = lookingOnly(props);
  const sources: Sources = { environments, applications, dist: DIST, machine };
  expect(await runBootstrap([environment, '--dry-run', ...options], sources)).toBe(0);
  return text();
}

async function refused(argv: string[], props: Props = {}, known = environments): Promise<string> {
  const { machine } = lookingOnly(props);
  return runBootstrap(argv, { environments: known, applications, dist: DIST, machine }).then(
    () => 'not refused',
    (error: unknown) => String(error),
  );
}

const names = environments.map(({ name }) => name).join(', ');
const ready: Props = { helm: 'v3.19.0+g1', provider: 'kind' };

describe('bootstrap --dry-run', () => {
  it('lists the eight steps of local in their order, from the real data', async () => {
    const text = await plan('local', ready);
    expect(text.match(/^\d\/8 .*/gm)).toEqual([
      '1/8 cluster',
      '2/8 CoreDNS upstream',
      '3/8 namespaces',
      '4/8 generated Secrets',
      '5/8 Argo CD',
      '6/8 repository credential',
      '7/8 root Application',
      '8/8 Applications',
    ]);
    expect(text).toContain("kind: start or take 'sluice-sluice', one control plane and two workers");
    expect(text).toMatch(/create what is missing of .*argocd, .*broker, .*scaler/);
    const users = systemIn(local).brokerUsers.map(({ name }) => name);
    expect(text).toContain(`broker/broker-users: ${users.join(', ')}`);
    expect(text).toContain('monitoring/grafana-admin: admin-password');
    expect(text).toContain(
      `argo-cd --repo ${charts['argo-cd'].repoURL} --version ${charts['argo-cd'].version}`,
    );
    expect(text).toContain(`nothing: ${local.repository.repoURL} is read without one`);
    expect(text).toContain('AppProject delivery and Application root from dist/local/argocd/root');
    expect(text).toMatch(/until \d+ are Synced and Healthy: .*argo-cd, .*root, .*scaler, .*workloads/);
    expect(text).not.toContain('missing here');
  });

  it('makes no Secret in production: the deploy key and the passwords come from the secret store', async () => {
    const text = await plan('production', { ...ready, provider: 'existing' });
    expect(text).toContain('take the one that KUBECONFIG names (sluice-production in eu-central-1)');
    expect(text).toContain('nothing: External Secrets fetches them from sluice/production/NAMESPACE');
    expect(text).toContain('apply the SecretStore of argocd');
    expect(text).toContain(
      'apply ExternalSecret argocd-secret, repository: values from sluice/production/argocd',
    );
    expect(text).toContain(`the deploy key of ${production.repository.repoURL}`);
    expect(text).toContain('nothing: only nodes of kind take the resolver of this machine');
  });

  it('needs neither a cluster nor helm, and names what a run would miss here', async () => {
    const text = await plan('production');
    expect(text).toContain('8/8 Applications');
    expect(text).toMatch(/missing here:\n.*helm >= 3.18 .*https:\/\/helm.sh.*\n.*no Docker engine answers/);
  });

  it('ends with the pages, and with how to read a password instead of the password', async () => {
    const onKind = await plan('local', ready);
    expect(onKind).toMatch(
      /http:\/\/argocd\.sluice\.localhost\n\s+user admin\n\s+password\n\s+kubectl -n argocd/,
    );
    expect(onKind).toContain('http://grafana.sluice.localhost\n');
    expect(onKind).not.toContain('jenkins');
    expect(await plan('local', { ...ready, provider: 'from-source' })).toContain(
      'http://broker.sluice.localhost:30080',
    );
    const second = await plan('local', ready, '--name', 'second');
    expect(second).toContain('http://broker.sluice.localhost:30080');
    const cloud = await plan('production', ready);
    expect(cloud).toContain('the password whose hash is argocd-admin-hash in sluice/production/argocd');
    expect(cloud).toContain('https://jenkins.sluice.example.com\n');
    expect(onKind).toContain('http://prometheus.sluice.localhost\n');
    expect(cloud).not.toContain('prometheus.sluice.example.com');
    expect(cloud).toContain('port-forward service/kube-prometheus-stack-prometheus 9090');
  });

  it('says where CoreDNS forwards to when the resolver of this machine is on its loopback', async () => {
    const files = {
      '/etc/resolv.conf': 'nameserver 127.0.0.53\noptions edns0\n',
      '/run/systemd/resolve/resolv.conf': 'nameserver 192.0.2.53\nnameserver 2001:db8::53\n',
    };
    expect(await plan('local', { ...ready, files })).toContain('CoreDNS forwards to 192.0.2.53 2001:db8::53');
    const direct = { '/etc/resolv.conf': 'nameserver 192.0.2.1\n' };
    expect(await plan('local', { ...ready, files: direct })).toContain(
      'only where CoreDNS sees its own questions',
    );
  });

  it('leaves out what was not asked for', async () => {
    const text = await plan('local', ready, '--argo-cd', 'present', '--no-wait', '--name', 'mine');
    expect(text).toContain("'sluice-mine'");
    expect(text).toContain('find its definitions, and its ConfigMap argocd-cm');
    expect(text).toContain('nothing: they are not waited for');
    expect(text).not.toContain('helm');
  });
});

describe('what cannot be done is reported all at once, before anything is changed', () => {
  it.each([
    [
      ['prod', '--argo-cd', 'no', '--chart', 'no'],
      [`(prod) must be one of: ${names}`, '(no) must be one of: chart', "'--chart' (no)"],
    ],
    [[], [`name an environment: ${names}`]],
    [['local', 'production'], ["one environment at a time, not 'local production'"]],
    [
      ['production', '--provider', 'kind'],
      ['helm >= 3.18', "'--provider' (kind) must be given: 'production' runs on sluice-production"],
    ],
    [['production'], ['helm >= 3.18', 'no Docker engine answers']],
  ])('%j', async (argv, faults) => {
    const said = await refused(argv);
    for (const fault of faults) expect(said).toContain(fault);
  });

  it('an old helm, and a chart that is not the pinned one', async () => {
    expect(await refused(['local'], { ...ready, helm: 'v3.14.2' })).toContain("on the PATH, not 'v3.14.2'");
    const files = { './a.tgz': 'name: argo-cd\nversion: 1.0.0\n' };
    const said = await refused(['local', '--chart', 'argo-cd=./a.tgz', '--chart', 'traefik=./b'], {
      ...ready,
      files,
    });
    expect(said).toContain(`must be argo-cd ${charts['argo-cd'].version}, not argo-cd 1.0.0`);
    expect(said).toContain("'--chart' (traefik=./b) must be the path of a chart");
  });

  it('a confirmed name that is not that of KUBECONFIG', async () => {
    const given: Props = { ...ready, provider: 'existing', context: 'staging' };
    expect(await refused(['production', '--context', 'production'], given)).toContain(
      "'--context' (production) must be that of KUBECONFIG: staging",
    );
    expect(await refused(['local', '--context', 'dev'], ready)).toContain('must be left out');
    expect(await refused(['production'], { ...given, context: null })).toContain('no current context');
  });

  it('an environment that is not rendered, has no Argo CD, or a key and nowhere to fetch it from', async () => {
    const odd: Environment = { ...local, name: 'odd', addons: [], repository: production.repository };
    const said = await refused(['odd'], ready, [odd]);
    expect(said).toContain('dist/odd/argocd/root has no root Application: npm run synth');
    expect(said).toContain("'addons' of odd has no argo-cd");
    expect(said).toContain("needs a key, and 'odd' has no secret store");
  });
});
