import { Credentials } from '../charts/credentials.ts';
import { SecretBoundary } from '../charts/secret-boundary.ts';
import { EXTERNAL_SECRETS } from './addons/external-secrets.ts';
import type { Application } from './application.ts';
import { addonSecretsOf, declareStore } from './credentials.ts';

/**
 * What addons read from the secret manager, and the rule that a namespace reads its own document alone; nothing where
 * Secrets are made before the first sync.
 */
export const addonSecrets: Application = {
  name: 'addon-secrets',
  parent: 'addons',
  namespace: EXTERNAL_SECRETS.namespace,
  stage: 'secrets',
  build: (scope, environment) => {
    const { secrets: store } = environment;
    if (store.kind === 'pre-made') return;
    new SecretBoundary(scope, 'boundary', store);
    const secrets = addonSecretsOf(environment);
    for (const namespace of new Set(secrets.map(({ owner }) => owner.namespace)))
      declareStore(scope, namespace, environment);
    for (const { owner, ...secret } of secrets)
      new Credentials(scope, `${owner.namespace}-${secret.secretName}`, { ...owner, ...secret, store });
  },
};
