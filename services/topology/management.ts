import { setTimeout as sleep } from 'node:timers/promises';
import {
  type HttpFailure,
  HttpRequestError,
  type HttpResponse,
  type Logger,
  messageOf,
  request,
  type Secret,
} from '@sluice/runtime';

/** The broker said no. */
export class RefusedError extends Error {
  readonly status: number;

  constructor(method: string, path: string, status: number, reason: string) {
    super(`${method} ${path} was refused with ${status}${reason && `: ${reason}`}`);
    this.name = 'RefusedError';
    this.status = status;
  }
}

/** The broker's management API, and how it is reached. */
export interface ManagementOptions {
  /** The base, without credentials and without a slash at its end. */
  readonly url: string;
  readonly username: string;
  /** Read for each request. */
  readonly password: Pick<Secret, 'read'>;
  /** The authorities that verify an https API; read for each request. @default the public authorities */
  readonly authoritiesFile?: string | undefined;
  /** Ends every request and every wait. */
  readonly signal: AbortSignal;
  readonly log: Pick<Logger, 'warn'>;
  /** Between two tries of a request, milliseconds. @default 1000 */
  readonly retryMs?: number;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Failures of a broker that starts or whose certificate just changed; a redirect is none of them: it is permanent. */
const TRANSIENT: readonly HttpFailure[] = ['timeout', 'aborted', 'unreachable', 'untrusted', 'bad-answer'];

/** The management API that LavinMQ and RabbitMQ share. A broker that does not answer, or answers 5xx, is asked again. */
export class Management {
  readonly #options: ManagementOptions;

  constructor(options: ManagementOptions) {
    this.#options = options;
  }

  /** @returns the resource, or undefined where there is none. @throws RefusedError */
  async get(path: string): Promise<unknown> {
    const response = await this.#request('GET', path);
    if (response.status === 404) return undefined;
    this.#check('GET', path, response);
    try {
      return JSON.parse(response.body.toString('utf8'));
    } catch {
      throw new Error(`GET ${path} was answered with ${response.status} and no JSON: no management API`);
    }
  }

  /** @throws RefusedError */
  async put(path: string, body: object): Promise<void> {
    this.#check('PUT', path, await this.#request('PUT', path, body));
  }

  /** @throws RefusedError */
  async post(path: string, body: object): Promise<void> {
    this.#check('POST', path, await this.#request('POST', path, body));
  }

  #check(method: string, path: string, { status, body }: HttpResponse): void {
    if (status < 200 || status > 299) throw new RefusedError(method, path, status, reasonOf(body));
  }

  /** Until it answers, or the deadline: then the last failure before it is thrown. */
  async #request(method: string, path: string, body?: object): Promise<HttpResponse> {
    const { url, signal, log, retryMs = 1000 } = this.#options;
    for (let last: string | undefined; ; ) {
      const answer = await this.#ask(method, path, body);
      if (typeof answer !== 'string') return answer;
      // A request that the deadline cuts off says nothing of the broker.
      if (signal.aborted) throw new Error(`no broker at ${url} within the deadline: ${last ?? answer}`);
      last = answer;
      log.warn({ error: answer }, 'waiting for the broker');
      await sleep(retryMs, undefined, { signal }).catch(() => {});
    }
  }

  /** @returns why there is none for now. @throws HttpRequestError for what a later try would not change */
  async #ask(method: string, path: string, body?: object): Promise<HttpResponse | string> {
    const { url, username, password, authoritiesFile, signal } = this.#options;
    try {
      const response = await request({
        ...{ url: `${url}/api/${path}`, method, signal, authoritiesFile, timeoutMs: REQUEST_TIMEOUT_MS },
        credentials: { username, password: password.read() },
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return response.status < 500 ? response : `it answered ${response.status}`;
    } catch (error) {
      if (error instanceof HttpRequestError && !TRANSIENT.includes(error.reason)) throw error;
      return messageOf(error);
    }
  }
}

/** Both brokers answer { error, reason }. */
function reasonOf(body: Buffer): string {
  const text = body.toString('utf8');
  try {
    const { reason, error } = JSON.parse(text);
    return String(reason ?? error ?? text);
  } catch {
    return text.slice(0, 500);
  }
}
