import rateLimit from '@fastify/rate-limit';
import {
  addOwnRoutes,
  namesSeveralHosts,
  type ReadinessCheck,
  type Registry,
  rewriteUrl,
} from '@sluice/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import type { BoardMetrics } from '../metrics.ts';
import type { BoardState } from '../model/state.ts';
import { failurePage } from '../view/layout.ts';
import type { Links } from '../view/page.ts';
import { type AccessRule, accessOf, securityHeaders } from './access.ts';
import { ASSETS, loadAssets } from './assets.ts';
import { addPages, type Pages, pagesOf } from './pages.ts';
import type { Lookups } from './routes.ts';
import type { Streams } from './streams.ts';

/** What the board's server is made of. */
export interface BoardOptions {
  readonly prefix: string;
  readonly access: AccessRule;
  readonly timeZone: string;
  readonly requestsPerMinute: number;
  readonly state: () => BoardState;
  /** What pages read when somebody asks for them. */
  readonly lookups: Lookups;
  readonly links: Links;
  readonly streams: Streams;
  readonly registry: Registry;
  readonly metrics: BoardMetrics;
  readonly ready: ReadinessCheck;
  /** Whether each answer closes its connection, so that what asks goes elsewhere. @default never */
  readonly closing?: () => boolean;
  readonly failed: (error: Error) => void;
  /** A browser reports what a page tried and must not. @param report its text, bounded */
  readonly policyReported: (report: string) => void;
}

const LONGEST_REPORT_BYTES = 16 * 1024;
const A_YEAR = 'public, max-age=31536000, immutable';

/** The server; it does not listen yet. */
export async function createBoard(options: BoardOptions): Promise<FastifyInstance> {
  const { prefix, metrics, streams } = options;
  metrics.streams(() => streams.size);
  const app = fastify({
    rewriteUrl,
    bodyLimit: LONGEST_REPORT_BYTES,
    requestTimeout: 15_000,
    // From its sources the simulator is bundled first, which takes long on a machine that is busy with something else.
    pluginTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
    frameworkErrors: (_error, _request, reply: FastifyReply) => void reply.code(400).send('Bad Request\n'),
  });
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (namesSeveralHosts(raw)) await reply.code(400).send('Bad Request\n');
  });
  // Outside of the prefix, so that a shared ingress does not route to them.
  addOwnRoutes(app, options);
  await app.register(
    (scope, _options, done) => {
      addScope(scope, options).then(() => done(), done);
    },
    { prefix },
  );
  // Outside of the prefix there is nothing, and nothing is told about it.
  if (prefix !== '')
    app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Not Found\n'));
  await app.ready();
  return app;
}

async function addScope(scope: FastifyInstance, options: BoardOptions): Promise<void> {
  const { prefix, access, requestsPerMinute, metrics, failed } = options;
  const assets = await loadAssets();
  const pages = pagesOf(options, assets);
  const headers = securityHeaders(prefix);
  scope.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
    if (options.closing?.()) reply.header('connection', 'close');
  });
  await scope.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    // Names of users come from outside: only so many are remembered.
    cache: 10_000,
    keyGenerator: ({ raw }) => {
      const asked = accessOf(access, raw);
      return 'who' in asked ? asked.who : (raw.socket.remoteAddress ?? '');
    },
  });
  scope.addHook('onRequest', async ({ raw, routeOptions }) => {
    // The page that refuses somebody needs its style, and the files tell nothing.
    if (routeOptions.url?.startsWith(`${prefix}/assets/`)) return;
    const asked = accessOf(access, raw);
    if ('refused' in asked) throw new RefusedError(asked.refused);
  });
  scope.addHook('onResponse', async (request, reply) => {
    metrics.answered(request.routeOptions.url ?? 'unmatched', reply.statusCode);
  });
  scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) failed(error);
    return answerFailure(pages, status, request, reply);
  });
  scope.setNotFoundHandler({ preHandler: scope.rateLimit() }, (request, reply) =>
    answerFailure(pages, 404, request, reply),
  );
  addPages(scope, pages, options);
  addAssets(scope, assets);
  addReports(scope, options);
}

/** A request that is refused before anything is looked at. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly statusCode: number;

  constructor(status: number) {
    super('refused');
    this.statusCode = status;
  }
}

const answerFailure = (pages: Pages, status: number, request: FastifyRequest, reply: FastifyReply) => {
  const page = pages.page(request, '/');
  // Who may not read the board learns nothing of what is in it.
  const state = status === 401 || status === 421 ? pages.nothing() : pages.state();
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(pages.document(failurePage(status, page), state, page, false));
};

function addAssets(scope: FastifyInstance, assets: Awaited<ReturnType<typeof loadAssets>>): void {
  for (const name of ASSETS) {
    const { type, body, version, ...compressed } = assets[name];
    scope.get(`/assets/${version}/${name}`, (request, reply) => {
      const accepted = String(request.headers['accept-encoding'] ?? '');
      const encoding = ENCODINGS.find(([known]) => new RegExp(`\\b${known}\\b`).test(accepted));
      if (encoding !== undefined) reply.header('content-encoding', encoding[0]);
      return reply
        .headers({ 'cache-control': A_YEAR, vary: 'accept-encoding' })
        .type(type)
        .send(encoding === undefined ? body : compressed[encoding[1]]);
    });
  }
}

/** As a header names them; the smaller one first. */
const ENCODINGS = [
  ['br', 'brotli'],
  ['gzip', 'gzip'],
] as const;

function addReports(scope: FastifyInstance, { metrics, policyReported }: BoardOptions): void {
  scope.addContentTypeParser(
    ['application/csp-report', 'application/reports+json', 'application/json'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  scope.post('/csp-report', (request, reply) => {
    metrics.policyReported();
    policyReported(String(request.body).slice(0, 1000));
    return reply.code(204).send();
  });
}
