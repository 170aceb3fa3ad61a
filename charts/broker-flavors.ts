import type { BrokerKind } from '../packages/contracts/platform.ts';
import type { EnvValue } from './pod.ts';

/** What differs between two brokers that speak the same protocols. Plain data. */
export interface BrokerFlavor {
  readonly args: readonly string[];
  /** @param admin The Secret with the administrator's `password` and `password-hash`. */
  readonly env: (admin: { username: string; secret: string }) => Readonly<Record<string, EnvValue>>;
  /** Where the volume is mounted. */
  readonly dataPath: string;
  /** Directories that may be written and are lost with the pod. */
  readonly scratchPaths: readonly string[];
  /** File name -> text, mounted at CONFIG_PATH. */
  readonly config: Readonly<Record<string, string>>;
  /** What it answers from within, without credentials, and at a cost that no number of queues raises. */
  readonly answers: { readonly port: keyof typeof BROKER_PORTS; readonly path: string };
  /** What its metrics begin with. */
  readonly metricPrefix: string;
}

export const CONFIG_PATH = '/etc/sluice/broker';

/**
 * What the broker takes at most, so that a delivery does not end the pod that takes it: a message of 20 MB costs a
 * consumer 90 MiB besides its 30, before it can look at its size. The default of both brokers is 128 MiB.
 */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/** The same ports on both brokers: their defaults. */
export const BROKER_PORTS = { amqp: 5672, management: 15672, metrics: 15692 } as const;

export const flavors: Readonly<Record<BrokerKind, BrokerFlavor>> = {
  lavinmq: {
    // Metrics bind to loopback unless told otherwise, and the first user may only come from there.
    args: [
      ...['--bind=0.0.0.0', '--metrics-http-bind=0.0.0.0', '--default-user-only-loopback=false'],
      `--config=${CONFIG_PATH}/lavinmq.ini`,
    ],
    env: ({ username, secret }) => ({
      LAVINMQ_DATADIR: '/var/lib/lavinmq',
      LAVINMQ_DEFAULT_USER: username,
      // Despite its name it takes the hash: the password itself never reaches the broker's pod.
      LAVINMQ_DEFAULT_PASSWORD: { secret, key: 'password-hash' },
    }),
    dataPath: '/var/lib/lavinmq',
    scratchPaths: ['/tmp'],
    config: { 'lavinmq.ini': ['[amqp]', `max_message_size = ${MAX_MESSAGE_BYTES}`, ''].join('\n') },
    // Sums over all queues; its management port asks a browser to log in.
    answers: { port: 'metrics', path: '/metrics' },
    metricPrefix: 'lavinmq',
  },
  rabbitmq: {
    args: [],
    env: ({ username, secret }) => ({
      // A node's data carries its name: one that does not depend on the pod's.
      RABBITMQ_NODENAME: 'rabbit@localhost',
      RABBITMQ_CONFIG_FILE: `${CONFIG_PATH}/rabbitmq.conf`,
      RABBITMQ_ENABLED_PLUGINS_FILE: `${CONFIG_PATH}/enabled_plugins`,
      RABBITMQ_MNESIA_BASE: '/var/lib/rabbitmq/mnesia',
      RABBITMQ_PID_FILE: '/tmp/rabbitmq.pid',
      RABBITMQ_LOGS: '-',
      // The Erlang cookie lands here; on the volume fsGroup would open its mode and Erlang refuse it.
      HOME: '/tmp',
      RABBITMQ_DEFAULT_USER: username,
      RABBITMQ_DEFAULT_PASS: { secret, key: 'password' },
    }),
    dataPath: '/var/lib/rabbitmq',
    scratchPaths: ['/tmp', '/var/log/rabbitmq'],
    config: {
      enabled_plugins: '[rabbitmq_management,rabbitmq_prometheus].\n',
      'rabbitmq.conf': [
        'listeners.tcp.default = 5672',
        'management.tcp.port = 15672',
        'prometheus.tcp.port = 15692',
        'loopback_users = none',
        `max_message_size = ${MAX_MESSAGE_BYTES}`,
        '',
      ].join('\n'),
    },
    // The page of its management plugin, a file; its commands start a second Erlang for each question.
    answers: { port: 'management', path: '/' },
    metricPrefix: 'rabbitmq',
  },
};
