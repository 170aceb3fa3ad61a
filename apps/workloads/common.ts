import type { Alert } from '../../charts/alerts.ts';
import type { Identity } from '../../charts/labels.ts';
import { credentialsMount, type EnvValue, type FileMount, PASSWORD_FILE } from '../../charts/pod.ts';
import type { BrokerAccess } from '../../charts/queue-topology.ts';
import type { Environment } from '../../environments/environment.ts';
import type { BrokerAccount, Connection, Contribution } from '../application.ts';
import { brokerEndpoint } from '../platform/broker-endpoint.ts';
import { brokerCredentials, CREDENTIALS_SECRET } from '../platform/credentials.ts';
import { broker, type PRIORITY } from '../platform/identities.ts';
import { lookups } from '../platform/network.ts';
import {
  type StoreAccess,
  storeConnection,
  storeCredentials,
  storeMounts,
  storeVariables,
} from '../platform/stores.ts';

/** What a workload of any kind may say beside what its kind needs. */
export interface CommonValues {
  /** Secrets that it also expects: name -> key -> property of its namespace's document. @default none */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files beside the broker's password. @default none */
  readonly mounts?: readonly FileMount[];
  /** What it connects to beside the broker. @default nothing */
  readonly connections?: readonly Pick<Connection, 'to' | 'port' | 'protocol'>[];
  /** What it does in Redis, MongoDB and Elasticsearch, by a user of its name. @default nothing */
  readonly stores?: readonly Omit<StoreAccess, 'name'>[];
  /** The class of its pods: which others they may displace. @default 'low' */
  readonly priority?: keyof typeof PRIORITY;
  /** The team that is notified of its alerts. @default 'platform' */
  readonly owner?: string;
  /** Alerts beside those of its kind. @default none */
  readonly alerts?: readonly Alert[];
}

/** What a workload that publishes may say. */
export interface PublisherValues {
  /** The queue that it publishes to, which a worker brings. @default none: it does not use the broker */
  readonly publishes?: string;
  /** Variables of its container. @default AMQP_URL, AMQP_USERNAME, AMQP_PASSWORD_FILE, AMQP_CA_FILE over TLS, and QUEUE if it publishes */
  readonly environment?: (account: BrokerAccount) => Readonly<Record<string, EnvValue>>;
}

/** Splits the values into what the chart takes, and what is said of it elsewhere. */
export function chartOf<Values extends CommonValues>(values: Values) {
  const {
    secrets: _,
    mounts: __,
    connections: ___,
    stores: _______,
    priority: ____,
    owner: _____,
    alerts: ______,
    ...chart
  } = values;
  return chart;
}

/** The variables of the stores that it uses. */
export const storeVariablesOf = (
  { name }: Identity,
  { stores = [] }: CommonValues,
  place: Environment,
): Readonly<Record<string, string>> =>
  Object.assign({}, ...stores.map(({ store }) => storeVariables(store, name, place)));

/** Its environment variables: those of its stores, and its own, else those that say how to reach the broker. */
export function toldOf(self: Identity, values: CommonValues & PublisherValues, place: Environment) {
  return { ...storeVariablesOf(self, values, place), ...brokerToldOf(self, values, place) };
}

function brokerToldOf({ name }: Identity, { publishes, environment }: PublisherValues, place: Environment) {
  const { amqpUrl, caFile } = brokerEndpoint(place);
  const account = { amqpUrl, caFile, username: name, passwordFile: PASSWORD_FILE };
  if (environment !== undefined) return environment(account);
  return publishes === undefined ? {} : brokerVariables({ ...account, queue: publishes });
}

/** The variables that say how a container reaches the broker, by the names that the services of this repository read. */
export const accountVariables = ({ amqpUrl, username, passwordFile, caFile }: BrokerAccount) => ({
  AMQP_URL: amqpUrl,
  AMQP_USERNAME: username,
  AMQP_PASSWORD_FILE: passwordFile,
  ...(caFile !== undefined && { AMQP_CA_FILE: caFile }),
});

/** The same, and the queue. */
export const brokerVariables = (told: BrokerAccount & { readonly queue: string }) => ({
  ...accountVariables(told),
  QUEUE: told.queue,
});

/** The files of its container: its password and the broker's authorities, where it has an account there, those of its stores, and its own. */
export const mountsOf = (
  { mounts = [], stores = [] }: CommonValues,
  account: boolean,
  place: Environment,
): readonly FileMount[] => [
  ...(account ? [credentialsMount(CREDENTIALS_SECRET), ...brokerEndpoint(place).mounts] : []),
  ...storeMounts(
    stores.map(({ store }) => store),
    place,
  ),
  ...mounts,
];

/**
 * Its connections and Secrets, and its account at the broker.
 * @param access What its user does there; undefined: it has none
 */
export function commonContribution(
  self: Identity,
  { connections = [], secrets = {}, stores = [] }: CommonValues,
  access: Omit<BrokerAccess, 'name'> | undefined,
  place: Environment,
) {
  return {
    connections: [
      ...(access === undefined ? [] : [{ from: self, to: broker, port: brokerEndpoint(place).ports.amqp }]),
      ...stores.map(({ store }) => storeConnection(self, store)),
      ...connections.map((connection) => ({ from: self, ...connection })),
      ...lookups(self),
    ],
    secrets: [
      ...(access === undefined ? [] : [brokerCredentials(self)]),
      ...stores.map(({ store }) => storeCredentials(self, store)),
      ...Object.entries(secrets).map(([secretName, keys]) => ({ owner: self, secretName, keys })),
    ],
    brokerUsers: access === undefined ? [] : [{ name: self.name, ...access }],
    storeUsers: stores.map((use) => ({ name: self.name, ...use })),
  } satisfies Contribution;
}
