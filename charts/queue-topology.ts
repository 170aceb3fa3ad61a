/**
 * What stands on the broker: TOPOLOGY_FILE of the topology service. Queues have no arguments; what they do
 * comes from policies, so that it can change without deleting a queue.
 */
export interface QueueTopology {
  readonly vhost: string;
  readonly exchanges: readonly { readonly name: string; readonly type: 'direct'; readonly durable: true }[];
  readonly queues: readonly { readonly name: string; readonly durable: true }[];
  readonly bindings: readonly {
    readonly exchange: string;
    readonly queue: string;
    readonly routingKey: string;
  }[];
  readonly policies: readonly {
    readonly name: string;
    readonly pattern: string;
    readonly applyTo: 'queues';
    readonly definition: Readonly<Record<string, string | number>>;
  }[];
  readonly users: readonly BrokerUser[];
}

/** A user of the broker, with the least permissions that it needs. */
export interface BrokerUser {
  readonly name: string;
  readonly tags: readonly 'monitoring'[];
  /** Path of the file that holds the password. */
  readonly passwordFile: string;
  /** Regular expressions of the names that may be configured, written and read. */
  readonly permissions: { readonly configure: string; readonly write: string; readonly read: string };
}

/** What a user of the broker does there; it may do nothing else. */
export interface BrokerAccess {
  /** The user; its password is a key of that name. */
  readonly name: string;
  /** Exchanges it publishes to. @default none */
  readonly publishes?: readonly string[];
  /** Queues it takes from; it also publishes to their exchanges, what it retries and what it parks. @default none */
  readonly consumes?: readonly string[];
  /** It reads the counts of every queue. @default false */
  readonly monitors?: boolean;
}

/** A queue with delayed retry and a place for what failed for good; its exchange has the same name. */
export interface WorkQueue {
  readonly queue: string;
  /** Seconds a failed job waits before it is tried again. */
  readonly retrySeconds: number;
}

/** All queues, exchanges and users of a broker. */
export interface BrokerTopologyProps {
  /** @default '/' */
  readonly vhost?: string;
  readonly queues: readonly WorkQueue[];
  readonly users: readonly BrokerAccess[];
  /** @returns the path of the file that holds a user's password */
  readonly passwordFile: (user: string) => string;
}

/** A work queue with its retry and parking queues. */
export interface WorkQueueProps extends WorkQueue {
  /** @default '/' */
  readonly vhost?: string;
  /** User -> path of the file with the password; a user that is not named is not declared. */
  readonly passwordFiles: Readonly<Record<string, string>>;
}

/** One work queue and its usual users, for a broker of its own. */
export function workQueue({
  queue,
  retrySeconds,
  vhost = '/',
  passwordFiles,
}: WorkQueueProps): QueueTopology {
  const users: readonly BrokerAccess[] = [
    { name: 'publisher', publishes: [queue] },
    { name: 'consumer', consumes: [queue] },
    { name: 'scaler', monitors: true },
    { name: 'exporter', monitors: true },
  ];
  return brokerTopology({
    vhost,
    queues: [{ queue, retrySeconds }],
    users: users.filter(({ name }) => passwordFiles[name] !== undefined),
    passwordFile: (user) => passwordFiles[user] ?? '',
  });
}

/** All that stands on a broker: queues with their exchanges, bindings and policies, and the users. */
export function brokerTopology({
  vhost = '/',
  queues,
  users,
  passwordFile,
}: BrokerTopologyProps): QueueTopology {
  const parts = queues.map(partsOf);
  return {
    vhost,
    exchanges: queues.map(({ queue }) => ({ name: queue, type: 'direct', durable: true })),
    queues: parts.flatMap(({ names }) => names.map((name) => ({ name, durable: true as const }))),
    bindings: parts.flatMap(({ exchange, names }) =>
      names.map((name) => ({ exchange, queue: name, routingKey: name })),
    ),
    policies: parts.flatMap(({ policies }) => policies),
    users: users.map((user) => userOf(user, passwordFile(user.name))),
  };
}

/**
 * A work queue with delayed retry and a place for what failed for good. The consumer publishes to all three over
 * the exchange; the policies move what only the broker can move:
 * jobs.retry -(after retrySeconds)-> jobs, and jobs -(delivery limit or expiry)-> jobs.parked.
 */
function partsOf({ queue, retrySeconds }: WorkQueue) {
  const retry = `${queue}.retry`;
  const parked = `${queue}.parked`;
  const names = [queue, retry, parked];
  // Over the default exchange, which routes to a queue by its name and cannot be deleted.
  const deadLetterTo = (name: string) => ({
    'dead-letter-exchange': '',
    'dead-letter-routing-key': name,
  });
  const policy = (name: string, definition: Record<string, string | number>) => ({
    ...{ name, pattern: exactly([name]), applyTo: 'queues' as const, definition },
  });
  const policies = [
    policy(queue, deadLetterTo(parked)),
    policy(retry, { 'message-ttl': retrySeconds * 1000, ...deadLetterTo(queue) }),
  ];
  return { exchange: queue, names, policies };
}

function userOf(access: BrokerAccess, passwordFile: string): BrokerUser {
  const { name, publishes = [], consumes = [], monitors = false } = access;
  const permissions = {
    configure: exactly([]),
    write: exactly([...publishes, ...consumes]),
    read: exactly(consumes),
  };
  return { name, tags: monitors ? ['monitoring'] : [], passwordFile, permissions };
}

/** A regular expression of these names and no other. */
function exactly(names: readonly string[]): string {
  const escaped = [...new Set(names)].map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return escaped.length > 1 ? `^(${escaped.join('|')})$` : `^${escaped.join('')}$`;
}
