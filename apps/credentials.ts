import type { Construct } from 'constructs';
import { Credentials } from '../charts/credentials.ts';
import type { Identity } from '../charts/labels.ts';
import { BROKER_USERS } from '../charts/queue-topology.ts';
import { SecretManager } from '../charts/secret-manager.ts';
import type { AddonSecret } from './addons/addon.ts';
import { awsOf } from './addons/aws.ts';
import { addonsOf } from './addons/catalog.ts';
import type { Environment } from './environments.ts';
import { pageUsersOf } from './page-users.ts';
import { broker, consumer, exporter, publisher, scaler } from './project.ts';

/** A Secret that a workload expects: key -> property of its namespace's document. */
export interface ExpectedSecret {
  readonly owner: Identity;
  readonly secretName: string;
  readonly keys: Readonly<Record<string, string>>;
}

export const ADMIN = { username: 'admin', secret: 'broker-admin' } as const;
export const USERS_SECRET = 'broker-users';
export const CREDENTIALS_SECRET = 'broker-credentials';

/**
 * Every Secret of the system. Property `<user>` is a user's password; `admin-hash` is the administrator's,
 * salted and hashed as the broker stores it.
 */
export const expectedSecrets: readonly ExpectedSecret[] = [
  { owner: broker, secretName: ADMIN.secret, keys: { password: 'admin', 'password-hash': 'admin-hash' } },
  {
    owner: broker,
    secretName: USERS_SECRET,
    keys: Object.fromEntries(BROKER_USERS.map((user) => [user, user])),
  },
  ...[publisher, consumer, scaler, exporter].map((owner) => ({
    ...{ owner, secretName: CREDENTIALS_SECRET, keys: { password: owner.name } },
  })),
];

/** The Secrets that the addons of an environment expect. */
export const addonSecretsOf = (environment: Environment): (ExpectedSecret & AddonSecret)[] =>
  addonsOf(environment).flatMap(({ name, namespace, secrets = [] }) =>
    [...secrets, ...(name === 'kube-prometheus-stack' ? pageUsersOf(environment) : [])].map((secret) => ({
      owner: { name, namespace: namespace.name, component: 'configuration' as const },
      ...secret,
    })),
  );

/** The Secrets that can be made up, where an environment has no secret manager. */
export const generatedSecretsOf = (environment: Environment): ExpectedSecret[] => [
  ...expectedSecrets,
  ...addonSecretsOf(environment).filter(({ given = false }) => !given),
];

/** How one namespace reads the secret manager; nothing where Secrets are made before the first sync. */
export function declareStore(scope: Construct, namespace: string, environment: Environment): void {
  const { secrets: store } = environment;
  if (store.kind === 'pre-made') return;
  const { region } = awsOf(environment);
  new SecretManager(scope, `${namespace}-store`, { namespace, region, roles: store.roles });
}

/** Declares the Secrets of one workload, and the store of its namespace. */
export function declareSecrets(scope: Construct, owner: Identity, environment: Environment): void {
  const { secrets: store } = environment;
  declareStore(scope, owner.namespace, environment);
  for (const { secretName, keys } of expectedSecrets.filter((secret) => secret.owner === owner))
    new Credentials(scope, secretName, { ...owner, secretName, keys, store });
}
