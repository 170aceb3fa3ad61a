import {
  addOwnRoutes,
  DeadlineError,
  type ReadinessCheck,
  type Registry,
  withTimeout,
} from '@sluice/runtime';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { QueryMetrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import type { Progress, QueuedState } from './progress.ts';
import { InvalidQuery, parseSearch, type Search } from './request.ts';
import type { Page, ShownTransaction } from './search.ts';

/** Where the answers come from. */
export interface Stores {
  /** From MongoDB. */
  find(id: string): Promise<ShownTransaction | undefined>;
  /** From the queue of process, where MongoDB lacks it. */
  queued(id: string): Promise<QueuedState | undefined>;
  /** From Elasticsearch. */
  search(search: Search): Promise<Page>;
  /** How far Elasticsearch is; undefined: not known yet. */
  indexProgress(): Progress | undefined;
}

/** What the read side serves, and the stores that it asks. */
export interface AppOptions {
  readonly stores: Stores;
  readonly metrics: QueryMetrics;
  readonly registry: Registry;
  readonly ready: ReadinessCheck;
  /** How long the stores may take for one request, milliseconds. */
  readonly readMs: number;
  readonly failed: (error: Error) => void;
}

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The service but its process; it does not listen yet. */
export function createApp(options: AppOptions): FastifyInstance {
  const { metrics } = options;
  const app = fastify({ forceCloseConnections: 'idle', routerOptions: { ignoreTrailingSlash: true } });
  app.setErrorHandler((error: Error, _request, reply) => answerFault(error, reply, options));
  app.setNotFoundHandler((_request, reply) => problem(reply, 404, 'no such resource'));
  app.addHook('onResponse', async ({ routeOptions: { url } }, { statusCode }) => {
    if (url?.startsWith('/transactions')) metrics.answered(statusCode);
  });
  app.get('/openapi.json', (_request, reply) => reply.send(openApi));
  app.get<{ Params: { id: string } }>('/transactions/:id', ({ params: { id } }, reply) =>
    bounded(answerOne(id, reply, options), options),
  );
  app.get('/transactions', ({ query }, reply) => bounded(answerSearch(query, reply, options), options));
  addOwnRoutes(app, options);
  return app;
}

const bounded = <T>(answer: Promise<T>, { readMs }: AppOptions): Promise<T> =>
  withTimeout(answer, readMs, 'reading the stores');

/** Asked first of MongoDB, then of the queue: what is written in between is in one of the two, or asked for again. */
async function answerOne(id: string, reply: FastifyReply, { stores }: AppOptions): Promise<FastifyReply> {
  if (!ID.test(id)) throw new InvalidQuery(["'id' must be the id of a transaction"]);
  const found = await stores.find(id);
  if (found !== undefined) return reply.send(found);
  const state = await stores.queued(id);
  if (state !== undefined) return reply.send({ id, status: state });
  const written = await stores.find(id);
  return written === undefined ? problem(reply, 404, 'no such transaction') : reply.send(written);
}

/** How far the index is, is read before the search: what it says holds for what is found. */
async function answerSearch(
  query: unknown,
  reply: FastifyReply,
  { stores }: AppOptions,
): Promise<FastifyReply> {
  const search = parseSearch(query);
  const index = stores.indexProgress();
  if (index === undefined) return unavailable(reply, 'how far the index is, is not known yet');
  return reply.send({ ...(await stores.search(search)), index });
}

const RETRY_AFTER_SECONDS = '1';

function answerFault(error: Error, reply: FastifyReply, { failed }: AppOptions): FastifyReply {
  if (error instanceof InvalidQuery) return problem(reply, 422, 'the request has faults', error.faults);
  const status = (error as Partial<FastifyError>).statusCode ?? 500;
  const own = (error as Partial<FastifyError>).code?.startsWith('FST_') === true;
  if (own && status < 500) return problem(reply, status, error.message);
  failed(error);
  return unavailable(
    reply,
    error instanceof DeadlineError ? error.message : 'a store did not answer as expected',
  );
}

function unavailable(reply: FastifyReply, detail: string): FastifyReply {
  reply.header('retry-after', RETRY_AFTER_SECONDS);
  return problem(reply, 503, detail);
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
const problem = (
  reply: FastifyReply,
  status: number,
  detail: string,
  faults?: readonly string[],
): FastifyReply =>
  reply
    .code(status)
    .type('application/problem+json')
    .send({ status, detail, ...(faults !== undefined && { faults }) });
