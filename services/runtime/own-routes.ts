import type { ReadinessCheck } from './http.ts';
import type { Registry } from './metrics.ts';

/** What an answer takes, as Fastify has it. */
interface Reply {
  code(status: number): Reply;
  type(mediaType: string): Reply;
  send(body: string): unknown;
}

/** A Fastify instance, as far as it takes routes. */
interface Routes {
  get(path: string, handler: (request: unknown, reply: Reply) => unknown): unknown;
}

/** Adds /livez, /readyz (200, or 503 and what is missing) and /metrics to a service that serves HTTP by Fastify. */
export function addOwnRoutes(
  app: Routes,
  { registry, ready }: { readonly registry: Registry; readonly ready: ReadinessCheck },
): void {
  app.get('/livez', (_request, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', (_request, reply) => {
    const missing = ready();
    return reply
      .code(missing === undefined ? 200 : 503)
      .type('text/plain')
      .send(`${missing ?? 'ok'}\n`);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
