import { Credentials } from '../charts/credentials.ts';
import { SecretManager } from '../charts/secret-manager.ts';
import { awsOf } from './addons/aws.ts';
import { EXTERNAL_SECRETS } from './addons/external-secrets.ts';
import type { Application } from './application.ts';
import { addonSecretsOf } from './credentials.ts';

/** The secret manager, and what addons read from it; nothing where Secrets are made before the first sync. */
export const addonSecrets: Application = {
  name: 'addon-secrets',
  parent: 'addons',
  namespace: EXTERNAL_SECRETS.namespace,
  stage: 'secrets',
  build: (scope, environment) => {
    const { secrets: store } = environment;
    if (store.kind === 'pre-made') return;
    const { region } = awsOf(environment);
    new SecretManager(scope, 'manager', { name: store.clusterSecretStore, region });
    for (const { owner, ...secret } of addonSecretsOf(environment))
      new Credentials(scope, `${owner.namespace}-${secret.secretName}`, { ...owner, ...secret, store });
  },
};
