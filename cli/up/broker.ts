import { spawnSync } from 'node:child_process';
import { startLavinMQ } from '../local/lavinmq.ts';
import { startRabbitMQ } from '../local/rabbitmq.ts';

/** A broker to run on, and an administrator's way into it. */
export interface RunBroker {
  /** For the title: which broker, and where. */
  readonly label: string;
  /** No credentials in it. */
  readonly amqpUrl: string;
  readonly managementUrl: string;
  readonly username: string;
  readonly password: string;
  /** Ours alone: per-service users are declared. A borrowed broker keeps the users it has. */
  readonly own: boolean;
  stop(): Promise<void>;
}

/** AMQP_URL if given, else LavinMQ where Docker answers, else RabbitMQ of this machine. */
export async function provideBroker(env: NodeJS.ProcessEnv): Promise<RunBroker> {
  if (env.AMQP_URL) return borrowed(env.AMQP_URL, env.MANAGEMENT_URL);
  if (dockerAnswers()) return { ...(await startLavinMQ()), own: true };
  const broker = await startRabbitMQ();
  return {
    label: 'RabbitMQ on this machine',
    amqpUrl: withoutCredentials(new URL(broker.amqpUrl)),
    managementUrl: broker.managementUrl,
    username: broker.username,
    password: broker.password,
    own: true,
    stop: () => broker.stop(),
  };
}

function borrowed(amqpUrl: string, managementUrl: string | undefined): RunBroker {
  const url = new URL(amqpUrl);
  return {
    label: `the broker at ${url.host}`,
    amqpUrl: withoutCredentials(url),
    managementUrl: managementUrl ?? `http://${url.hostname}:15672`,
    username: decodeURIComponent(url.username) || 'guest',
    password: decodeURIComponent(url.password) || 'guest',
    own: false,
    stop: async () => {},
  };
}

export function withoutCredentials(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

const dockerAnswers = (): boolean =>
  spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
