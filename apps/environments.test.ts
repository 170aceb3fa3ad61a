import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Application } from '../argocd/settings.ts';
import { pages } from '../environments/environment.ts';
import { installedAddons } from './addons/log-stores.ts';
import { local, production, render } from './testing/desired-state.ts';
import { objectReader } from './testing/rendered.ts';
import { type TestEnvironment as Environment, typed } from './testing/workloads.ts';

/** What docs/how-to/add-an-environment.md shows: a third environment is one object. */
const staging: Environment = {
  ...production,
  name: 'staging',
  repository: { repoURL: 'git://git.example.com/desired.git', revision: 'staging' },
  addons: production.addons.filter((addon) => addon !== 'jenkins'),
  addonReplicas: 1,
  secrets: {
    kind: 'external',
    documents: 'sluice/staging',
    roles: { assumedBy: 'controller', arnPrefix: 'arn:aws:iam::111122223333:role/sluice-staging-secrets-' },
  },
  web: { ...production.web, hosts: pages('staging.example.com') },
  broker: 'rabbitmq',
  workloads: { publisher: { jobsPerRun: 10 } },
};

const files = render([typed(staging)]);
const object = objectReader(files);
const application = (path: string): Application => object(`staging/argocd/${path}.argocd.yaml`);

describe('a third environment', () => {
  it('is one object, and a folder of its own', () => {
    expect([...files.keys()].every((path) => path.startsWith('staging/'))).toBe(true);
    const folders = (paths: Iterable<string>) =>
      new Set([...paths].map((path) => path.split('/').slice(1, -1).join('/')));
    expect(folders(files.keys())).toEqual(folders(render([production]).keys()));
  });

  it('is followed from its own repository at its own revision, in its own folder', () => {
    expect(application('root/application-root').spec.source).toEqual({
      repoURL: 'git://git.example.com/desired.git',
      targetRevision: 'staging',
      path: 'dist/staging/argocd/root',
    });
    expect(application('workloads/application-consumer').spec.source?.path).toBe('dist/staging/consumer');
  });

  it('has the addons that it names, those of its log stores and no others, with its own values', () => {
    const addons = [...files.keys()].filter((path) => path.includes('/addons/application-'));
    // Four more: for the Secrets that they expect, for their connections, and for the two authorities.
    expect(addons).toHaveLength(installedAddons(staging).length + 4);
    expect(application('addons/application-karpenter').spec.source?.helm?.valuesObject).toMatchObject({
      replicas: 1,
    });
    expect(files.has('staging/argocd/addons/application-jenkins.argocd.yaml')).toBe(false);
    expect(files.has('staging/argocd/addons/namespace-jenkins.yaml')).toBe(false);
  });

  it('runs the work its own way', () => {
    expect(files.get('staging/publisher/cronjob-publisher.publisher.yaml')).toMatch(
      /name: JOBS\s+value: "10"/,
    );
    expect(files.get('staging/broker/statefulset-broker.broker.yaml')).toContain('rabbitmq');
  });

  it('is what the page on adding one shows', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const [, shown = ''] =
      /```ts\nexport (const staging[^`]*)```/.exec(read('../docs/how-to/add-an-environment.md')) ?? [];
    expect(shown).not.toBe('');
    expect(read('environments.test.ts')).toContain(shown);
  });

  it('leaves the others as they are', () => {
    const together = render([local, production, typed(staging)]);
    for (const [path, text] of render([local, production])) expect(together.get(path)).toBe(text);
  });
});

describe('an environment without addons', () => {
  const { canary: _, ...web } = local.web;
  const definitions = ['argo-cd', 'prometheus-operator-crds'] as const;
  const bare = render([
    { ...local, name: 'bare', addons: [], definitions, logs: { ...local.logs, stores: [] }, web },
  ]);
  const paths = [...bare.keys()];

  it('has no parent for them, and no page of what is not there', () => {
    expect(paths.filter((path) => path.startsWith('bare/argocd/root/application-')).sort()).toEqual([
      'bare/argocd/root/application-infra-workloads.argocd.yaml',
      'bare/argocd/root/application-root.argocd.yaml',
      'bare/argocd/root/application-workloads.argocd.yaml',
    ]);
    expect(paths.filter((path) => /monitoring|addons/.test(path))).toEqual([]);
  });
});
