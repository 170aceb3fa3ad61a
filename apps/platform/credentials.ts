import type { Construct } from 'constructs';
import { Credentials } from '../../charts/credentials.ts';
import type { Identity } from '../../charts/labels.ts';
import { SecretManager } from '../../charts/secrets.ts';
import type { Login } from '../../charts/shared-page.ts';
import { boardPages, type Environment, type OpenPages } from '../../environments/environment.ts';
import type { AddonSecret } from '../addons/addon.ts';
import { awsOf } from '../addons/aws.ts';
import { addonsOf } from '../addons/catalog.ts';
import type { ExpectedSecret, System } from '../application.ts';
import { receiverSecretsOf } from './alerting.ts';
import { broker } from './identities.ts';
import { usersSecretsOf } from './stores.ts';

/** The broker's administrator, and the Secret that holds the password. */
export const ADMIN = { username: 'admin', secret: 'broker-admin' } as const;
/** The Secret in the broker's namespace that holds the password of every user. */
export const USERS_SECRET = 'broker-users';
/** The Secret in a client's namespace that holds its own password for the broker. */
export const CREDENTIALS_SECRET = 'broker-credentials';

/** The Secret of a user of the broker: its own password, which is the property of its name. */
export const brokerCredentials = (owner: Identity): ExpectedSecret => ({
  ...{ owner, secretName: CREDENTIALS_SECRET, keys: { password: owner.name } },
});

/** The administrator of the broker; `admin-hash` is salted and hashed as the broker stores it. */
export const brokerAdmin: ExpectedSecret = {
  ...{ owner: broker, secretName: ADMIN.secret, keys: { password: 'admin', 'password-hash': 'admin-hash' } },
};

/** The Secret with who may see pages that have no login of their own. */
export const PAGE_USERS = 'page-users';

/** Names and hashes, as htpasswd writes them; a person makes them up. */
const pageUsersOf = (pages: OpenPages): AddonSecret[] =>
  pages.kind === 'basic-auth' ? [{ secretName: PAGE_USERS, keys: { users: 'page-users' }, given: true }] : [];

/** Who may see the board, in a Secret of its namespace. */
export const boardUsersOf = (owner: Identity, { web }: Environment): ExpectedSecret[] =>
  pageUsersOf(boardPages(web)).map((secret) => ({ owner, ...secret }));

/** Who is asked before a page that has no login of its own. */
export function loginOf(pages: Exclude<OpenPages, { kind: 'none' }>): Login | undefined {
  if (pages.kind === 'without-login') return undefined;
  return pages.kind === 'oidc' ? pages : { kind: 'basic-auth', secret: PAGE_USERS };
}

/** Every Secret of the system: what its applications expect, and all users of the broker and of the stores for who declares them. */
export const expectedSecrets = ({ secrets, brokerUsers, storeUsers }: System): readonly ExpectedSecret[] => [
  ...secrets,
  {
    owner: broker,
    secretName: USERS_SECRET,
    keys: Object.fromEntries(brokerUsers.map(({ name }) => [name, name])),
  },
  ...usersSecretsOf(storeUsers),
];

/** Those of the namespace of Prometheus and Alertmanager that depend on the environment. */
const monitoringSecretsOf = (environment: Environment): AddonSecret[] => [
  ...pageUsersOf(environment.web.openPages),
  ...receiverSecretsOf(environment),
];

/** The Secrets that the addons of an environment expect. */
export const addonSecretsOf = (environment: Environment): (ExpectedSecret & AddonSecret)[] =>
  addonsOf(environment).flatMap(({ name, namespace, secrets = [] }) =>
    [...secrets, ...(name === 'kube-prometheus-stack' ? monitoringSecretsOf(environment) : [])].map(
      (secret) => ({
        owner: { name, namespace: namespace.name, component: 'configuration' as const },
        ...secret,
      }),
    ),
  );

/** The Secrets that can be made up, where an environment has no secret manager. */
export const generatedSecretsOf = (environment: Environment, system: System): ExpectedSecret[] => [
  ...[...expectedSecrets(system), ...addonSecretsOf(environment)].filter(({ given = false }) => !given),
];

/** How one namespace reads the secret manager; nothing where Secrets are made before the first sync. */
export function declareStore(scope: Construct, namespace: string, environment: Environment): void {
  const { secrets: store } = environment;
  if (store.kind === 'pre-made') return;
  const { region } = awsOf(environment);
  new SecretManager(scope, `${namespace}-store`, { namespace, region, roles: store.roles });
}

const isOwner = ({ name, namespace }: Identity, { owner }: ExpectedSecret): boolean =>
  owner.name === name && owner.namespace === namespace;

/** Declares the Secrets of one workload, and the store of its namespace. */
export function declareSecrets(
  scope: Construct,
  owner: Identity,
  environment: Environment,
  system: System,
): void {
  const { secrets: store } = environment;
  const ownSecrets = expectedSecrets(system).filter((secret) => isOwner(owner, secret));
  if (ownSecrets.length === 0) return;
  declareStore(scope, owner.namespace, environment);
  for (const { secretName, keys } of ownSecrets)
    new Credentials(scope, secretName, { ...owner, secretName, keys, store });
}
