/** The least that Fastify does: the web service's routes, answered with a constant. */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';

const app = fastify();
for (const url of ['/api', '/api/*']) app.get(url, async () => ({ hello: 'world' }));
await app.listen({ host: '127.0.0.1', port: Number(process.env.HTTP_PORT) });
const { port } = app.server.address() as AddressInfo;
process.stdout.write(`${JSON.stringify({ port, msg: 'listening' })}\n`);
