import { hostname } from 'node:os';
import {
  addOwnRoutes,
  DeadlineError,
  messageOf,
  namesSeveralHosts,
  type ReadinessCheck,
  type Registry,
  rewriteUrl,
  withTimeout,
} from '@sluice/runtime';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import {
  requestDigest,
  sha256,
  TRANSACTION_SCHEMA,
  type Transaction,
  type TransactionRequest,
  transactionId,
} from '../../packages/contracts/transaction.ts';
import type { Acceptance, AcceptedRequest } from './accept.ts';
import type { InjectMetrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { InvalidRequest, parseBatch, parseKey, parseTransaction } from './validate.ts';

/** Takes a request into both queues. */
export interface AcceptorLike {
  accept(request: AcceptedRequest): Promise<Acceptance>;
}

/** What the write side serves, and the limits that it keeps. */
export interface AppOptions {
  readonly acceptor: AcceptorLike;
  readonly metrics: InjectMetrics;
  readonly registry: Registry;
  /** Why nothing is accepted at this moment. */
  readonly ready: ReadinessCheck;
  readonly maxBodyBytes: number;
  /** How long Redis may take for one request, milliseconds. */
  readonly acceptMs: number;
  /** How long a request may take to arrive, milliseconds. */
  readonly requestMs: number;
  readonly failed: (error: Error) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

const RETRY_AFTER_SECONDS = '1';

/** The service but its process; it does not listen yet. */
export function createApp(options: AppOptions): FastifyInstance {
  const app = fastify({
    rewriteUrl,
    bodyLimit: options.maxBodyBytes,
    requestTimeout: options.requestMs,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
    genReqId: () => crypto.randomUUID(),
  });
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (!namesSeveralHosts(raw)) return;
    options.metrics.ended('invalid', 1);
    return problem(reply, 400, 'the request must have one Host header');
  });
  app.setErrorHandler((error: Error, _request, reply) => answerFault(error, reply, options));
  app.setNotFoundHandler((_request, reply) => problem(reply, 404, 'no such resource'));
  app.post('/transactions', (request, reply) =>
    accept(request, reply, [parse(request, parseTransaction)], options),
  );
  app.post('/transactions/batch', (request, reply) =>
    accept(request, reply, parse(request, parseBatch), options),
  );
  app.get('/openapi.json', (_request, reply) => reply.send(openApi));
  addOwnRoutes(app, options);
  return app;
}

/** The faults of the header and of the body together. @throws {InvalidRequest} */
function parse<T>({ headers, body }: FastifyRequest, parser: (body: unknown) => T): T {
  const faults: string[] = [];
  const attempt = <V>(read: () => V): V | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  };
  attempt(() => parseKey(headers['idempotency-key']));
  const value = attempt(() => parser(body));
  if (faults.length > 0 || value === undefined) throw new InvalidRequest(faults);
  return value;
}

async function accept(
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: readonly TransactionRequest[],
  options: AppOptions,
): Promise<FastifyReply> {
  const { acceptor, metrics, acceptMs, ready, now = Date.now } = options;
  const notReady = ready();
  if (notReady !== undefined) return unavailable(reply, notReady, metrics);
  const key = parseKey(request.headers['idempotency-key']);
  const audit = { acceptedAt: new Date(now()).toISOString(), acceptedBy: hostname(), requestId: request.id };
  const transactions = wanted.map((one, index): Transaction => {
    const id = transactionId(key, index);
    return { schema: TRANSACTION_SCHEMA, id, digest: requestDigest(one), ...one, audit };
  });
  const digest = sha256(transactions.map((transaction) => transaction.digest).join('\n'));
  const acceptance = await withTimeout(
    acceptor.accept({ key, digest, transactions }),
    acceptMs,
    'accepting in Redis',
  );
  metrics.ended(acceptance, transactions.length);
  if (acceptance === 'conflict')
    return problem(reply, 409, 'this Idempotency-Key was used with another body');
  const ids = transactions.map(({ id }) => id);
  const replayed = acceptance === 'replayed';
  return reply
    .code(202)
    .header('idempotency-replayed', String(replayed))
    .send(request.url.startsWith('/transactions/batch') ? { ids, replayed } : { id: ids[0], replayed });
}

function answerFault(error: Error, reply: FastifyReply, { metrics, failed }: AppOptions): FastifyReply {
  if (error instanceof InvalidRequest) {
    metrics.ended('invalid', 1);
    return problem(reply, 422, 'the request has faults', error.faults);
  }
  const status = (error as Partial<FastifyError>).statusCode ?? 500;
  if (status < 500) {
    metrics.ended('invalid', 1);
    return problem(reply, status, error.message);
  }
  failed(error);
  const away =
    error instanceof DeadlineError ||
    /^(OOM|LOADING|READONLY|MISCONF|NOREPLICAS|CLUSTERDOWN)/.test(error.message);
  return unavailable(reply, away ? messageOf(error) : 'Redis did not answer as expected', metrics);
}

/** Whether it was accepted is not known: the same request with the same key finds out. */
function unavailable(reply: FastifyReply, detail: string, metrics: InjectMetrics): FastifyReply {
  metrics.ended('unavailable', 1);
  reply.header('retry-after', RETRY_AFTER_SECONDS);
  return problem(reply, 503, detail);
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
function problem(
  reply: FastifyReply,
  status: number,
  detail: string,
  faults?: readonly string[],
): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ status, detail, ...(faults !== undefined && { faults }) });
}
