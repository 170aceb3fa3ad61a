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

export interface BrokerUser {
  readonly name: string;
  readonly tags: readonly 'monitoring'[];
  /** Path of the file that holds the password. */
  readonly passwordFile: string;
  /** Regular expressions of the names that may be configured, written and read. */
  readonly permissions: { readonly configure: string; readonly write: string; readonly read: string };
}

export interface WorkQueueProps {
  /** The queue; its exchange has the same name. */
  readonly queue: string;
  /** Seconds a failed job waits before it is tried again. */
  readonly retrySeconds: number;
  /** @default '/' */
  readonly vhost?: string;
  /** User -> path of the file with the password; a user that is not named is not declared. */
  readonly passwordFiles: Readonly<Record<string, string>>;
}

export const BROKER_USERS = ['publisher', 'consumer', 'scaler', 'exporter'] as const;

/**
 * A work queue with delayed retry and a place for what failed for good:
 * jobs -(rejected)-> jobs.retry -(after retrySeconds)-> jobs, and jobs.parked.
 */
export function workQueue({
  queue,
  retrySeconds,
  vhost = '/',
  passwordFiles,
}: WorkQueueProps): QueueTopology {
  const retry = `${queue}.retry`;
  const names = [queue, retry, `${queue}.parked`];
  const deadLetterTo = (routingKey: string) => ({
    'dead-letter-exchange': queue,
    'dead-letter-routing-key': routingKey,
  });
  const policy = (name: string, definition: Record<string, string | number>) => ({
    ...{ name, pattern: exactly(name), applyTo: 'queues' as const, definition },
  });
  return {
    vhost,
    exchanges: [{ name: queue, type: 'direct', durable: true }],
    queues: names.map((name) => ({ name, durable: true })),
    bindings: names.map((name) => ({ exchange: queue, queue: name, routingKey: name })),
    policies: [
      policy(queue, deadLetterTo(retry)),
      policy(retry, { 'message-ttl': retrySeconds * 1000, ...deadLetterTo(queue) }),
    ],
    users: usersOf(queue, passwordFiles),
  };
}

/** Each one may do its own work and nothing else. */
function usersOf(queue: string, passwordFiles: Readonly<Record<string, string>>): BrokerUser[] {
  const own = exactly(queue);
  const users: Readonly<Record<(typeof BROKER_USERS)[number], Pick<BrokerUser, 'tags' | 'permissions'>>> = {
    publisher: { tags: [], permissions: { configure: NONE, write: own, read: NONE } },
    consumer: { tags: [], permissions: { configure: NONE, write: own, read: own } },
    scaler: WATCHES,
    exporter: WATCHES,
  };
  return BROKER_USERS.flatMap((name) => {
    const passwordFile = passwordFiles[name];
    const { tags, permissions } = users[name];
    return passwordFile === undefined ? [] : [{ name, tags, passwordFile, permissions }];
  });
}

const NONE = '^$';
/** Looks at the counts, and may do nothing. */
const WATCHES: Pick<BrokerUser, 'tags' | 'permissions'> = {
  tags: ['monitoring'],
  permissions: { configure: NONE, write: NONE, read: NONE },
};

const exactly = (name: string): string => `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
