import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Credentials, type CredentialsProps } from './credentials.ts';
import { SecretManager } from './secret-manager.ts';

const chart = (build: (scope: Construct) => unknown) => {
  const scope = new Chart(Testing.app(), 'test');
  build(scope);
  return scope.toJson();
};

describe('a SecretManager', () => {
  it('is read with the permissions of its reader, so that no key is kept', () => {
    const [store] = chart((scope) => new SecretManager(scope, 'm', { name: 'aws', region: 'eu-central-1' }));
    expect(store.spec).toEqual({
      provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } },
    });
  });

  it('is refused with every fault at once', () => {
    expect(() => chart((scope) => new SecretManager(scope, 'm', { name: 'A', region: 'here' }))).toThrow(
      "SecretManager 'A': 'name' (A) must be a DNS label: a-z, 0-9 and -, at most 63; 'region' (here) must be such as eu-central-1",
    );
  });
});

describe('Credentials', () => {
  const targetOf = (more: Partial<CredentialsProps>) => {
    const props: CredentialsProps = {
      ...{ name: 'argo-cd', namespace: 'argocd', component: 'configuration', secretName: 'repository' },
      keys: { url: 'repository-url' },
      store: { kind: 'external', clusterSecretStore: 'aws', key: 'a/b' },
      ...more,
    };
    return chart((scope) => new Credentials(scope, 'c', props))[0].spec.target;
  };

  it('make a Secret of their own, which someone may find by its labels', () => {
    const labels = { 'argocd.argoproj.io/secret-type': 'repository' };
    expect(targetOf({})).toEqual({ name: 'repository', creationPolicy: 'Owner', deletionPolicy: 'Retain' });
    expect(targetOf({ secretLabels: labels })).toMatchObject({ template: { metadata: { labels } } });
  });

  it('or add to a Secret that someone else makes', () => {
    expect(targetOf({ intoExisting: true })).toMatchObject({ creationPolicy: 'Merge' });
  });
});
