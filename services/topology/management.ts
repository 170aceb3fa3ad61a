import { setTimeout as sleep } from 'node:timers/promises';
import { concealCredentials, type Logger } from '@sluice/runtime';

/** The broker said no. */
export class RefusedError extends Error {
  readonly status: number;

  constructor(method: string, path: string, status: number, reason: string) {
    super(`${method} ${path} was refused with ${status}${reason && `: ${reason}`}`);
    this.name = 'RefusedError';
    this.status = status;
  }
}

export interface ManagementOptions {
  /** Credentials in it are not used: a request with them is refused by fetch, in words that hold them. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Ends every request and every wait. */
  readonly signal: AbortSignal;
  readonly log: Pick<Logger, 'warn'>;
  /** Between two tries of a request, milliseconds. @default 1000 */
  readonly retryMs?: number;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** The management API that LavinMQ and RabbitMQ share. A broker that does not answer, or answers 5xx, is asked again. */
export class Management {
  readonly #options: ManagementOptions;
  readonly #base: string;
  readonly #authorization: string;

  constructor(options: ManagementOptions) {
    this.#options = options;
    const { url, username, password } = options;
    this.#base = concealCredentials(url).replace(/\/$/, '');
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** @returns the resource, or undefined where there is none. @throws RefusedError */
  async get(path: string): Promise<unknown> {
    const response = await this.#request('GET', path);
    if (response.status === 404) return undefined;
    await this.#check('GET', path, response);
    return response.json();
  }

  /** @throws RefusedError */
  async put(path: string, body: object): Promise<void> {
    await this.#check('PUT', path, await this.#request('PUT', path, body));
  }

  /** @throws RefusedError */
  async post(path: string, body: object): Promise<void> {
    await this.#check('POST', path, await this.#request('POST', path, body));
  }

  async #check(method: string, path: string, response: Response): Promise<void> {
    if (!response.ok) throw new RefusedError(method, path, response.status, await reasonOf(response));
  }

  /** Until it answers, or the deadline: then the last failure before it is thrown. */
  async #request(method: string, path: string, body?: object): Promise<Response> {
    const { signal, log, retryMs = 1000 } = this.#options;
    for (let last: string | undefined; ; ) {
      const answer = await this.#fetch(method, path, body).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.status < 500) return answer;
      const error = answer instanceof Error ? causeOf(answer) : `it answered ${answer.status}`;
      // A request that the deadline cuts off says nothing of the broker.
      if (signal.aborted) throw new Error(`no broker at ${this.#base} within the deadline: ${last ?? error}`);
      last = error;
      log.warn({ error }, 'waiting for the broker');
      await sleep(retryMs, undefined, { signal }).catch(() => {});
    }
  }

  #fetch(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.#base}/api/${path}`, {
      method,
      headers: { authorization: this.#authorization, 'content-type': 'application/json' },
      signal: AbortSignal.any([this.#options.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}

/** Both brokers answer { error, reason }. */
async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { reason, error } = JSON.parse(text);
    return String(reason ?? error ?? text);
  } catch {
    return text;
  }
}

/** What fetch wraps: 'connect ECONNREFUSED ...' instead of 'fetch failed'. */
const causeOf = (error: Error): string =>
  error.cause instanceof Error ? error.cause.message : error.message;
