import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Credentials, type CredentialsProps } from './credentials.ts';
import { SecretManager } from './secrets.ts';

const chart = (build: (scope: Construct) => unknown) => {
  const scope = new Chart(Testing.app(), 'test');
  build(scope);
  return scope.toJson();
};

const roles = { assumedBy: 'service-account', arnPrefix: 'arn:aws:iam::111122223333:role/secrets-' } as const;

describe('a SecretManager', () => {
  it("is read as the namespace's own ServiceAccount, so that no key is kept", () => {
    const props = { namespace: 'consumer', region: 'eu-central-1', roles };
    const [account, store] = chart((scope) => new SecretManager(scope, 'm', props));
    expect(account.metadata.annotations).toMatchObject({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/secrets-consumer',
    });
    expect([account, store].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'consumer/secret-store',
      'consumer/secret-store',
    ]);
    expect(store).toMatchObject({
      kind: 'SecretStore',
      spec: {
        provider: {
          aws: {
            ...{ service: 'SecretsManager', region: 'eu-central-1' },
            auth: { jwt: { serviceAccountRef: { name: 'secret-store' } } },
          },
        },
      },
    });
  });

  it("or by the namespace's role, where the controller may take it", () => {
    const byController = { ...roles, assumedBy: 'controller' } as const;
    const props = { namespace: 'consumer', region: 'eu-central-1', roles: byController };
    const objects = chart((scope) => new SecretManager(scope, 'm', props));
    expect(objects).toHaveLength(1);
    expect(objects[0].spec.provider.aws).toEqual({
      ...{ service: 'SecretsManager', region: 'eu-central-1' },
      role: 'arn:aws:iam::111122223333:role/secrets-consumer',
    });
  });

  it('is refused with every fault at once', () => {
    const props = { namespace: 'A', region: 'here', roles: { ...roles, arnPrefix: 'secrets-' } };
    expect(() => chart((scope) => new SecretManager(scope, 'm', props))).toThrow(
      "SecretManager of 'A': 'namespace' (A) must be a DNS label: a-z, 0-9 and -, at most 63; 'region' (here) must be such as eu-central-1; 'roles.arnPrefix' (secrets-) must be the ARN of a role up to the namespace's name",
    );
  });
});

describe('Credentials', () => {
  const targetOf = (more: Partial<CredentialsProps>) => {
    const props: CredentialsProps = {
      ...{ name: 'argo-cd', namespace: 'argocd', component: 'configuration', secretName: 'repository' },
      keys: { url: 'repository-url' },
      store: { kind: 'external', documents: 'a/b', roles },
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
