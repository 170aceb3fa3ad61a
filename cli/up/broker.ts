import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseBrokerUrl, parseManagementUrl, UrlError } from '@sluice/runtime';
import { ConfigurationError } from '../../packages/contracts/checks.ts';
import { startLavinMQ } from '../local/lavinmq.ts';
import { startRabbitMQ } from '../local/rabbitmq.ts';

/** A broker to run on, and an administrator's way into it. */
export interface RunBroker {
  /** For the title: which broker, and where. */
  readonly label: string;
  /** No credentials in it. */
  readonly amqpUrl: string;
  readonly managementUrl: string;
  /** Where its metrics are, without a path. @default it is not known */
  readonly metricsUrl?: string;
  readonly username: string;
  readonly password: string;
  /** Ours alone: per-service users are declared. A borrowed broker keeps the users it has. */
  readonly own: boolean;
  /** False once a broker of our own has ended by itself. */
  running(): boolean;
  /** Ends within seconds. */
  stop(): Promise<void>;
}

const DOCKER_TIMEOUT_MS = 10_000;

/**
 * AMQP_URL if given, else LavinMQ where Docker answers, else RabbitMQ of this machine.
 * @throws ConfigurationError for a URL that cannot be; what the signal says when it ends the wait
 */
export async function provideBroker(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<RunBroker> {
  if (env.AMQP_URL) return borrowed(env.AMQP_URL, env.MANAGEMENT_URL);
  if (await dockerAnswers(signal)) return { ...(await startLavinMQ(signal)), own: true, running: () => true };
  const broker = await startRabbitMQ({ signal });
  return {
    label: 'RabbitMQ on this machine',
    amqpUrl: withoutCredentials(new URL(broker.amqpUrl)),
    managementUrl: broker.managementUrl,
    metricsUrl: broker.metricsUrl,
    username: broker.username,
    password: broker.password,
    own: true,
    running: () => broker.running,
    stop: () => broker.stop(),
  };
}

function borrowed(amqpUrl: string, managementUrl: string | undefined): RunBroker {
  const faults: string[] = [];
  const url = parsed('AMQP_URL', () => parseBrokerUrl(amqpUrl), faults);
  const management = parsed(
    'MANAGEMENT_URL',
    () => (managementUrl ? parseManagementUrl(managementUrl) : undefined),
    faults,
  );
  if (url === undefined || faults.length > 0) throw new ConfigurationError('up', faults);
  const { protocol, hostname, port, vhost, username = 'guest', password = 'guest' } = url;
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return {
    label: `the broker at ${host}:${port}`,
    amqpUrl: `${protocol}://${host}:${port}/${encodeURIComponent(vhost)}`,
    managementUrl: management ?? `http://${host}:15672`,
    ...{ username, password, own: false, running: () => true, stop: async () => {} },
  };
}

function parsed<T>(variable: string, parse: () => T, faults: string[]): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    faults.push(`'${variable}' ${error.message}`);
    return undefined;
  }
}

/** A URL as it may be shown. */
export function withoutCredentials(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

const dockerAnswers = (signal: AbortSignal): Promise<boolean> =>
  promisify(execFile)('docker', ['info'], { signal, timeout: DOCKER_TIMEOUT_MS }).then(
    () => true,
    () => {
      signal.throwIfAborted();
      return false;
    },
  );
