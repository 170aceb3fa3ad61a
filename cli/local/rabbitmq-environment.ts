import { globSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The broker, its plugins and what these need, by the names of their applications. */
const BROKER = [
  ...['accept', 'amqp_client', 'cowboy', 'cowlib', 'prometheus', 'rabbit', 'rabbit_common'],
  ...['rabbitmq_management', 'rabbitmq_management_agent', 'rabbitmq_prometheus', 'rabbitmq_web_dispatch'],
];
/** Of what Erlang brings and what the broker rests on, those that it loads most modules of. */
const HOT = {
  broker: ['ra', 'rabbitmq_prelaunch', 'ranch', 'cuttlefish', 'osiris'],
  erlang: ['ssl', 'inets', 'compiler', 'xmerl', 'mnesia', 'sasl', 'tools', 'public_key'],
};

/** Where Debian has them. */
const BROKER_PATH = '/usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins';
const ERLANG_PATH = '/usr/lib/erlang/lib';

/** What a broker is started with to look for its code in few folders. */
interface BrokerCode {
  readonly env: NodeJS.ProcessEnv;
  /** Arguments of the Erlang virtual machine. */
  readonly args: readonly string[];
}

/**
 * A broker looks for each of 1,250 modules in 70 folders of plugins, one after the other, before it looks elsewhere:
 * 54,000 files that are not there, a quarter of the CPU of a start. These few come first; the others stay known.
 * @param directory is made, and holds links
 * @returns nothing to start with where the machine has them elsewhere
 */
async function nearbyCode(directory: string): Promise<BrokerCode> {
  const broker = found(BROKER_PATH, BROKER);
  if (broker.length !== BROKER.length) return { env: {}, args: [] };
  await mkdir(directory, { recursive: true });
  await Promise.all(broker.map((path) => symlink(path, join(directory, basename(path)))));
  const hot = [...found(ERLANG_PATH, HOT.erlang), ...found(BROKER_PATH, HOT.broker)];
  return {
    env: { RABBITMQ_PLUGINS_DIR: directory },
    args: ['-pa', ...hot.map((path) => join(path, 'ebin'))],
  };
}

const found = (path: string, names: readonly string[]): string[] =>
  names.flatMap((name) => globSync(`${path}/${name}-[0-9]*`).slice(0, 1));

/** Where a broker and its port mapper listen for other nodes, and the port that names the node. */
interface NodePorts {
  readonly amqp: number;
  readonly distribution: number;
  readonly epmd: number;
}

/**
 * Only what the broker needs, so that nothing of the caller's or of /etc leaks in.
 * @param directory has its configuration, and gets its data
 */
export async function brokerEnvironment(directory: string, ports: NodePorts): Promise<NodeJS.ProcessEnv> {
  const code = await nearbyCode(join(directory, 'plugins'));
  return {
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    LANG: 'C.UTF-8',
    // The Erlang cookie is made there.
    HOME: directory,
    RABBITMQ_NODENAME: `sluice-${ports.amqp}@localhost`,
    RABBITMQ_CONF_ENV_FILE: join(directory, 'environment.conf'),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'generated'),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: [
      '-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false +S 2:2',
      ...code.args,
    ].join(' '),
    ...code.env,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Makes the start script become the broker instead of its parent, so that the pid is the broker's.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}
