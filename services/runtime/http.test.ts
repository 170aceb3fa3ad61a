import { afterEach, expect, it } from 'vitest';
import { say } from '../../test/support/say.ts';
import { type HttpServer, type ReadinessCheck, serveHttp } from './http.ts';
import { createRegistry } from './metrics.ts';

let server: HttpServer | undefined;
afterEach(() => server?.close());

async function started(...ready: ReadinessCheck[]): Promise<(path: string) => Promise<Response>> {
  server = await serveHttp({
    ...{ registry: createRegistry('consumer'), host: '127.0.0.1', port: 0, ready },
  });
  const { port } = server;
  return (path) => fetch(`http://127.0.0.1:${port}${path}`);
}

it('lives as long as it answers', async () => {
  const get = await started(() => 'not connected');
  expect((await get('/livez')).status).toBe(200);
});

it('is ready when nothing is missing, and names what is missing', async () => {
  let missing: string | undefined = 'not connected';
  const get = await started(
    () => missing,
    () => undefined,
  );
  const before = await get('/readyz');
  expect([before.status, await before.text()]).toEqual([503, 'not connected\n']);
  missing = undefined;
  expect((await get('/readyz')).status).toBe(200);
});

it('shows the metrics of the process, labelled with the component', async () => {
  const get = await started();
  const metrics = await get('/metrics?x=1');
  expect(metrics.headers.get('content-type')).toContain('text/plain');
  expect(await metrics.text()).toMatch(/^process_cpu_seconds_total\{component="consumer"\}/m);
});

it('knows no other page', async () => {
  const get = await started();
  expect((await get('/')).status).toBe(404);
});

it('takes a whole URL for its path, and two Host headers for none', async () => {
  await started();
  const ask = (line: string, hosts: string) =>
    say(server?.port ?? 0, `${line} HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`);
  expect(await ask('GET http://a/livez', 'host: a\r\n')).toMatch(/^HTTP\/1.1 200 /);
  expect(await ask('GET /livez', 'host: a\r\nHost: b\r\n')).toMatch(/^HTTP\/1.1 400 /);
});

it('fails to start on a port that is taken', async () => {
  await started();
  const port = server?.port ?? 0;
  await expect(serveHttp({ registry: createRegistry('x'), host: '127.0.0.1', port })).rejects.toThrow(
    'EADDRINUSE',
  );
});
