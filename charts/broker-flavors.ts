import type { BrokerKind } from '../packages/contracts/platform.ts';
import type { EnvValue } from './pod.ts';

/** The ports of a broker's clients, by what they are for. */
export interface BrokerPorts {
  readonly amqp: number;
  readonly management: number;
  readonly metrics: number;
}

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
  /** Where it listens, and nowhere else. */
  readonly ports: BrokerPorts;
  /** Which of its HTTP ports speak TLS. */
  readonly secure: { readonly management: boolean; readonly metrics: boolean };
  /** What it answers from within, without credentials, and at a cost that no number of queues raises. */
  readonly answers: { readonly port: 'management' | 'metrics'; readonly path: string };
  /** What its metrics begin with. */
  readonly metricPrefix: string;
  /** The process that gets SIGHUP when the certificate has changed, by name. @default it watches the file itself */
  readonly reloads?: string;
}

/** The folder in the broker's container that holds its configuration. */
export const CONFIG_PATH = '/etc/sluice/broker';

/** Where the broker's certificate is mounted: the keys of a Secret of type kubernetes.io/tls. */
export const BROKER_TLS_PATH = '/etc/sluice/broker-tls';
const CERTIFICATE = `${BROKER_TLS_PATH}/tls.crt`;
const KEY = `${BROKER_TLS_PATH}/tls.key`;

/**
 * What the broker takes at most, so that a delivery does not end the pod that takes it: a message of 20 MB costs a
 * consumer 90 MiB besides its 30 where its library hands out whole bodies. The default of both brokers is 128 MiB.
 */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/** In clear text: the defaults of both brokers. */
const PLAIN: Pick<BrokerFlavor, 'ports' | 'secure'> = {
  ports: { amqp: 5672, management: 15672, metrics: 15692 },
  secure: { management: false, metrics: false },
};

const lines = (...text: readonly string[]): string => [...text, ''].join('\n');

const lavinmq: BrokerFlavor = {
  ...PLAIN,
  // Metrics bind to loopback by default, and the first user may only come from there.
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
  config: { 'lavinmq.ini': lines('[amqp]', `max_message_size = ${MAX_MESSAGE_BYTES}`) },
  // Sums over all queues; its management port asks a browser to log in.
  answers: { port: 'metrics', path: '/metrics' },
  metricPrefix: 'lavinmq',
};

const rabbitmqConf = (...listeners: readonly string[]): string =>
  lines(...listeners, 'loopback_users = none', `max_message_size = ${MAX_MESSAGE_BYTES}`);

const rabbitmq: BrokerFlavor = {
  ...PLAIN,
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
    'rabbitmq.conf': rabbitmqConf(
      'listeners.tcp.default = 5672',
      'management.tcp.port = 15672',
      'prometheus.tcp.port = 15692',
    ),
  },
  // The page of its management plugin, a file; its commands start a second Erlang for each question.
  answers: { port: 'management', path: '/' },
  metricPrefix: 'rabbitmq',
};

/**
 * LavinMQ has no TLS for its metrics, and reads a renewed certificate when it gets SIGHUP.
 * @see https://github.com/cloudamqp/lavinmq/blob/v2.9.1/src/lavinmq/launcher.cr
 */
const lavinmqOverTls: BrokerFlavor = {
  ...lavinmq,
  ports: { amqp: 5671, management: 15_671, metrics: 15_692 },
  secure: { management: true, metrics: false },
  config: {
    'lavinmq.ini': lines(
      ...['[main]', `tls_cert = ${CERTIFICATE}`, `tls_key = ${KEY}`, 'tls_min_version = 1.2'],
      ...['[amqp]', 'port = -1', 'tls_port = 5671', `max_message_size = ${MAX_MESSAGE_BYTES}`],
      ...['[mgmt]', 'port = -1', 'tls_port = 15671'],
      ...['[mqtt]', 'port = -1', 'tls_port = -1'],
    ),
  },
  reloads: 'lavinmq',
};

const certified = (prefix: string): readonly string[] => [
  `${prefix}.certfile = ${CERTIFICATE}`,
  `${prefix}.keyfile = ${KEY}`,
];

/** RabbitMQ looks for changed files by itself, every two minutes; a listener that is not named does not listen. */
const rabbitmqOverTls: BrokerFlavor = {
  ...rabbitmq,
  ports: { amqp: 5671, management: 15_671, metrics: 15_691 },
  secure: { management: true, metrics: true },
  config: {
    ...rabbitmq.config,
    'rabbitmq.conf': rabbitmqConf(
      ...['listeners.tcp = none', 'listeners.ssl.default = 5671', ...certified('ssl_options')],
      // Users are known by their passwords, not by certificates of their own.
      ...['ssl_options.verify = verify_none', 'ssl_options.fail_if_no_peer_cert = false'],
      ...['ssl_options.versions.1 = tlsv1.3', 'ssl_options.versions.2 = tlsv1.2'],
      ...['management.ssl.port = 15671', ...certified('management.ssl')],
      ...['prometheus.ssl.port = 15691', ...certified('prometheus.ssl')],
    ),
  },
};

/** Every broker, by its name and by whether its clients use TLS alone. */
const flavors: Readonly<Record<BrokerKind, { readonly plain: BrokerFlavor; readonly tls: BrokerFlavor }>> = {
  lavinmq: { plain: lavinmq, tls: lavinmqOverTls },
  rabbitmq: { plain: rabbitmq, tls: rabbitmqOverTls },
};

/** The names of the brokers. */
export const brokerKinds = Object.keys(flavors) as readonly BrokerKind[];

/** @param tls Whether it has a certificate: then only the metrics of LavinMQ have a listener in clear text */
export const flavorOf = (kind: BrokerKind, tls: boolean): BrokerFlavor =>
  flavors[kind][tls ? 'tls' : 'plain'];
