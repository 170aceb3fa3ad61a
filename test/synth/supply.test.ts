import { describe, expect, it } from 'vitest';
import { environments } from '../../environments/index.ts';
import { charts } from '../../environments/versions.ts';
import { rendered } from './dist.ts';
import { floating, retiredSources } from './supply.ts';

const revisionOf = (environment: string): string =>
  environments.find(({ name }) => name === environment)?.repository.revision ?? '';

describe('what runs', () => {
  it.each(rendered)('$path comes from no retired source', ({ object }) => {
    expect(retiredSources(object)).toEqual([]);
  });

  it.each(rendered)('$path names nothing that changes under its name', ({ environment, object }) => {
    expect(floating(object, revisionOf(environment))).toEqual([]);
  });

  it('takes every chart that could be installed from a source that is maintained', () => {
    expect(retiredSources(charts)).toEqual([]);
    expect(charts.loki.repoURL).toBe('https://grafana-community.github.io/helm-charts');
  });
});

const application = (source: object) => ({ kind: 'Application', spec: { source } });

describe('a retired source', () => {
  it.each([
    ['https://charts.helm.sh/stable', 'the stable and incubator charts ended in 2020'],
    ['https://kubernetes.github.io/ingress-nginx', 'ingress-nginx is retired'],
    ['https://charts.bitnami.com/bitnami', "Bitnami's free images and charts are gone"],
    ['docker.io/bitnami/redis:7.2', "Bitnami's free images and charts are gone"],
    ['oci://registry-1.docker.io/bitnamicharts/redis', "Bitnami's free images and charts are gone"],
    ['docker.io/grafana/promtail:3.0.0', 'promtail is at its end of life'],
    ['https://charts.min.io/', "MinIO's images and charts are gone"],
    ['quay.io/minio/minio:1', "MinIO's images and charts are gone"],
    ['gcr.io/kaniko-project/executor:v1.23.0', 'kaniko is archived'],
    [
      'https://grafana.github.io/helm-charts',
      "Loki's chart is maintained at grafana-community.github.io/helm-charts",
    ],
  ])('%s is refused, wherever it stands', (text, because) => {
    expect(retiredSources(application({ repoURL: text }))).toEqual([
      `spec.source.repoURL (${text}): ${because}`,
    ]);
    expect(retiredSources({ data: { 'a.yaml': `image: ${text}\n` } })).toHaveLength(1);
  });

  it('is an API version that no server has any more', () => {
    expect(retiredSources({ apiVersion: 'external-secrets.io/v1beta1' })).toEqual([
      'apiVersion (external-secrets.io/v1beta1): External Secrets serves only v1',
    ]);
    expect(retiredSources({ apiVersion: 'external-secrets.io/v1' })).toEqual([]);
  });

  it('is none that only sounds alike', () => {
    expect(retiredSources(['https://traefik.github.io/charts', 'grafana/loki:3.7.6', 'ingress'])).toEqual([]);
  });
});

describe('something that floats', () => {
  it.each([
    'docker.io/library/redis',
    'docker.io/library/redis:latest',
    'redis:latest',
    'registry:5000/redis',
  ])('is the image %s', (image) => {
    expect(floating({ spec: { containers: [{ image }] } }, 'main')).toEqual([`the image ${image}`]);
    expect(floating({ data: { template: `- name: a\n  image: ${image}\n` } }, 'main')).toHaveLength(1);
  });

  it.each(['redis:8.0.1', 'registry:5000/redis:8', `redis@sha256:${'a'.repeat(64)}`])(
    'is not the image %s',
    (image) => {
      expect(floating({ image }, 'main')).toEqual([]);
    },
  );

  it.each(['latest', 'stable', '1.x || 2', '~1.2', ''])("is the tag '%s' in the values of a chart", (tag) => {
    expect(floating({ image: { repository: 'a', tag } }, 'main')).toEqual([`the tag ${tag}`]);
  });

  it.each(['*', '1.x', '^1.0.0', '>= 1', '1.2', 'latest'])('is the version %s of a chart', (version) => {
    expect(floating(application({ chart: 'a', targetRevision: version }), 'main')).toEqual([
      `the version ${version} of a`,
    ]);
  });

  it.each(['HEAD', 'develop', 'feature/x'])(
    'is the branch %s, where the environment follows main',
    (branch) => {
      expect(floating(application({ path: 'dist', targetRevision: branch }), 'main')).toEqual([
        `the revision ${branch}`,
      ]);
      expect(floating(application({ path: 'dist', targetRevision: branch }), branch)).toEqual([]);
    },
  );
});
