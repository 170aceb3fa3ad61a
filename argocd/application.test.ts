import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Application, type ApplicationProps } from './application.ts';
import type { Application as Manifest } from './settings.ts';
import { scaledReplicas, splitByIstio, splitByTraefik, webhookAuthority } from './source.ts';

const folder = {
  name: 'consumer',
  project: 'workloads',
  namespace: 'consumer',
  wave: 2,
  source: {
    kind: 'folder',
    repository: { repoURL: 'https://git.example.com/desired.git', revision: 'main' },
    path: 'dist/local/consumer',
  },
} as const satisfies ApplicationProps;

const chart = {
  kind: 'chart',
  values: { replicas: 2 },
  chart: { repoURL: 'https://charts.example.com', chart: 'thing', version: '1.2.3' },
} as const;

function rendered(props: ApplicationProps): Manifest {
  const scope = new Chart(new App(), 'test');
  new Application(scope, 'application', props);
  return scope.toJson()[0];
}

const spec = (props: ApplicationProps): Manifest['spec'] => rendered(props).spec;

describe('an Application', () => {
  it('follows a folder of a revision by itself, and is never emptied', () => {
    const { source, destination, syncPolicy } = spec(folder);
    expect(source).toEqual({
      repoURL: 'https://git.example.com/desired.git',
      targetRevision: 'main',
      path: 'dist/local/consumer',
    });
    expect(destination).toEqual({ server: 'https://kubernetes.default.svc', namespace: 'consumer' });
    expect(syncPolicy?.automated).toEqual({ prune: true, selfHeal: true, allowEmpty: false });
  });

  it('is retried indefinitely, at longer and longer intervals, with what was merged meanwhile', () => {
    expect(spec(folder).syncPolicy?.retry).toEqual({
      ...{ limit: -1, refresh: true },
      backoff: { duration: '5s', factor: 2, maxDuration: '1m' },
    });
  });

  it('is rendered again only for a commit that touches its folder; a chart has none', () => {
    const paths = 'argocd.argoproj.io/manifest-generate-paths';
    expect(rendered(folder).metadata.annotations?.[paths]).toBe('.');
    expect(rendered({ ...folder, source: chart }).metadata.annotations?.[paths]).toBeUndefined();
  });

  it('installs one version of a chart with values, as a release of its own name', () => {
    expect(spec({ ...folder, source: chart }).source).toEqual({
      ...{ repoURL: 'https://charts.example.com', chart: 'thing', targetRevision: '1.2.3' },
      helm: { releaseName: 'consumer', valuesObject: { replicas: 2 } },
    });
    expect(spec({ ...folder, source: { ...chart, skipCrds: true } }).source?.helm?.skipCrds).toBe(true);
  });

  it('is applied by the server, and prunes after everything else of a sync', () => {
    expect(spec(folder).syncPolicy?.syncOptions).toEqual([
      ...['ServerSideApply=true', 'PruneLast=true', 'FailOnSharedResource=true'],
    ]);
    expect(spec({ ...folder, confirmPrune: true }).syncPolicy?.syncOptions).toContain('Prune=confirm');
  });

  it('leaves alone what a controller writes, in the diff and in the sync', () => {
    const target = { name: 'web', namespace: 'web' };
    const ownedFields = [
      scaledReplicas(target),
      scaledReplicas(target, 'Rollout'),
      ...splitByTraefik(target, ['web-canary']),
      ...splitByIstio(target),
      webhookAuthority('Validating', 'web'),
    ];
    const { ignoreDifferences, syncPolicy } = spec({ ...folder, ownedFields });
    // What differs in these fields alone is not written at all: Argo CD may have seen older values.
    expect(syncPolicy?.syncOptions).toEqual(
      expect.arrayContaining(['RespectIgnoreDifferences=true', 'ApplyOutOfSyncOnly=true']),
    );
    const lines = ignoreDifferences?.map(({ group, kind, jsonPointers = [], jqPathExpressions = [] }) =>
      [`${group}/${kind}`, ...jsonPointers, ...jqPathExpressions].join(' '),
    );
    expect(lines).toEqual([
      'apps/Deployment /spec/replicas',
      'argoproj.io/Rollout /spec/replicas',
      'traefik.io/TraefikService .spec.weighted.services[].weight',
      '/Service /spec/selector/rollouts-pod-template-hash',
      'networking.istio.io/VirtualService .spec.http[].route[].weight',
      'networking.istio.io/DestinationRule .spec.subsets[].labels["rollouts-pod-template-hash"]',
      'admissionregistration.k8s.io/ValidatingWebhookConfiguration .webhooks[]?.clientConfig.caBundle',
    ]);
  });

  it('takes its objects along when it is deleted only if that was asked for', () => {
    expect(rendered(folder).metadata.finalizers).toBeUndefined();
    expect(rendered({ ...folder, cascade: true }).metadata.finalizers).toEqual([
      'resources-finalizer.argocd.argoproj.io',
    ]);
  });
});

describe('an Application that cannot work', () => {
  it('is refused with every fault at once', () => {
    expect(() => rendered({ ...folder, name: 'No', project: 'default', wave: 0.5 })).toThrow(
      "Application 'No': 'name' (No) must be a DNS label: a-z, 0-9 and -, at most 63; 'project' (default) must be one of its own: 'default' permits nothing; 'wave' (0.5) must be a whole number",
    );
  });

  it.each(['1.2', '1.x', '*', '^1.2.3', '>=1.0.0', 'latest', ''])(
    "is refused the version '%s'",
    (version) => {
      const source = { ...chart, chart: { ...chart.chart, version } };
      expect(() => rendered({ ...folder, source })).toThrow(
        `'version' (${version}) of thing must be one version, not a range`,
      );
    },
  );

  it.each(['', '/dist', '../dist', 'dist/../..', 'dist//local', './dist'])(
    "is refused the folder '%s'",
    (path) => {
      const source = { ...folder.source, path };
      expect(() => rendered({ ...folder, source })).toThrow(
        `'path' (${path}) must be a folder below the repository's root`,
      );
    },
  );

  it.each(['HEAD', '', '*', 'main other'])("is refused the revision '%s'", (revision) => {
    const source = { ...folder.source, repository: { ...folder.source.repository, revision } };
    expect(() => rendered({ ...folder, source })).toThrow(`'revision' (${revision}) must name one revision`);
  });

  it.each(['file:///srv/desired.git', 'git://127.0.0.1:9418/desired.git', 'git@example.com:a/b.git'])(
    'is not one that follows %s',
    (repoURL) => {
      const source = { ...folder.source, repository: { repoURL, revision: 'main' } };
      expect(spec({ ...folder, source }).source?.repoURL).toBe(repoURL);
    },
  );
});
