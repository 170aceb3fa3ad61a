import { randomUUID } from 'node:crypto';
import type { BrokerCoordinates } from './shared-broker.ts';

/** A virtual host of its own on a broker, and an administrator's way to look into it. */
export interface Vhost {
  readonly name: string;
  /** Administrator's credentials and this virtual host. */
  readonly amqpUrl: string;
  readonly broker: BrokerCoordinates;
  /** One request to the management API; the path follows `/api/`. */
  api(method: string, path: string, body?: unknown): Promise<Response>;
  remove(): Promise<void>;
}

export interface VhostOptions {
  /** Of queues that are declared without a type. @default 'classic' */
  readonly defaultQueueType?: 'classic' | 'quorum';
}

/** Makes an empty virtual host, so that test files share a broker without seeing each other. */
export async function freshVhost(
  broker: BrokerCoordinates,
  { defaultQueueType = 'classic' }: VhostOptions = {},
): Promise<Vhost> {
  const name = `test-${randomUUID()}`;
  const amqpUrl = new URL(broker.amqpUrl);
  amqpUrl.pathname = `/${name}`;
  const api = managementApi(broker);
  // RabbitMQ 3.10 knows it by the first name, later versions by the second.
  const type = { defaultqueuetype: defaultQueueType, default_queue_type: defaultQueueType };
  const made = await api('PUT', `vhosts/${name}`, type);
  if (!made.ok) throw new Error(`the broker refused virtual host '${name}' with ${made.status}`);
  return {
    name,
    amqpUrl: amqpUrl.href,
    broker,
    api,
    remove: async () => void (await api('DELETE', `vhosts/${name}`)),
  };
}

/** What may be asked twice. @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT = ['GET', 'PUT', 'DELETE'];

/** A server may close a connection that is kept just when it is used again: then such a request goes by a new one. */
const wasClosed = (error: unknown): boolean =>
  (error as { cause?: { code?: string } }).cause?.code === 'UND_ERR_SOCKET';

export function managementApi(broker: BrokerCoordinates) {
  const authorization = `Basic ${Buffer.from(`${broker.username}:${broker.password}`).toString('base64')}`;
  return async (method: string, path: string, body?: unknown): Promise<Response> => {
    const ask = () =>
      fetch(`${broker.managementUrl}/api/${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    try {
      return await ask();
    } catch (error) {
      if (wasClosed(error) && IDEMPOTENT.includes(method)) return ask();
      throw error;
    }
  };
}
