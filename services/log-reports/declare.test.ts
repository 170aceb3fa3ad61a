import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeclaredRequest } from '../../packages/contracts/log-declaration.ts';
import { parseDeclaration } from '../../packages/contracts/log-declaration.ts';
import { type Declaring, declare, NotDeclaredError } from './declare.ts';

interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await once(server.close(), 'close');
});

/** A server that answers by what it is asked, and keeps what that was. */
async function serverOf(answer: (line: string, count: number) => [status: number, body: object]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const line = `${request.method} ${request.url}`;
    asked.push({ line, authorization: request.headers.authorization, body });
    const [status, content] = answer(line, asked.filter((one) => one.line === line).length);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const put = (path: string, more: Partial<DeclaredRequest> = {}): DeclaredRequest => ({
  ...{ what: `thing ${path}`, server: 'elasticsearch', method: 'PUT', path, body: {} },
  ...more,
});

const warnings: unknown[] = [];
const declaringOf = (urls: Declaring['urls'], requests: readonly DeclaredRequest[]): Declaring => ({
  ...{ urls, declaration: { requests: [...requests] }, authoritiesFile: undefined, pauseMs: 1 },
  credentials: () => ({ username: 'elastic', password: 'sesame' }),
  log: { info: () => {}, warn: (facts: unknown) => warnings.push(facts) } as unknown as Declaring['log'],
});

const signal = AbortSignal.timeout(20_000);

describe('a declaration', () => {
  it('is sent in its order, by the administrator, and waits for a server that is not there yet', async () => {
    const elasticsearch = await serverOf((_, count) => (count < 3 ? [503, {}] : [200, {}]));
    const declaring = declaringOf({ elasticsearch: elasticsearch.url, kibana: undefined }, [
      put('/_ilm/policy/a'),
      put('/_index_template/a'),
    ]);
    expect(await declare(declaring, signal)).toEqual(['thing /_ilm/policy/a', 'thing /_index_template/a']);
    expect(elasticsearch.asked.map(({ line }) => line)).toEqual([
      ...Array(3).fill('PUT /_ilm/policy/a'),
      ...Array(3).fill('PUT /_index_template/a'),
    ]);
    const basic = `Basic ${Buffer.from('elastic:sesame').toString('base64')}`;
    expect(new Set(elasticsearch.asked.map(({ authorization }) => authorization))).toEqual(new Set([basic]));
  });

  it('ends at what a server refuses, goes on with the other server, and says why', async () => {
    const elasticsearch = await serverOf((line) =>
      line.includes('template') ? [400, { error: 'no such codec' }] : [200, {}],
    );
    const kibana = await serverOf(() => [200, { success: true }]);
    const declaring = declaringOf({ elasticsearch: elasticsearch.url, kibana: kibana.url }, [
      put('/_index_template/a'),
      put('/_security/user/a'),
      put('/api/x', { server: 'kibana', method: 'POST', savedObjects: [{ id: 'one' }] }),
    ]);
    const error = await declare(declaring, signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotDeclaredError);
    expect((error as NotDeclaredError).refusals).toEqual([
      'thing /_index_template/a: 400 {"error":"no such codec"}',
    ]);
    // A user of roles that are not there would be one who may do nothing, or what an older role allowed.
    expect(elasticsearch.asked).toHaveLength(1);
    expect(kibana.asked).toHaveLength(1);
  });

  it('gives a user the password of its file, which no error repeats', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'declare-')), 'fluent-bit');
    writeFileSync(file, 'open-sesame\n');
    const { asked, url } = await serverOf(() => [403, { error: 'not allowed' }]);
    const user = put('/_security/user/a', { passwordFile: file, body: { roles: ['log-writer'] } });
    const error = await declare(declaringOf({ elasticsearch: url, kibana: undefined }, [user]), signal).catch(
      (thrown: unknown) => thrown as Error,
    );
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ roles: ['log-writer'], password: 'open-sesame' });
    expect(`${error}`).toContain('403');
    expect(`${error}`).not.toContain('sesame');
  });

  it('imports saved objects as a file of a form, and counts a partial import as refused', async () => {
    const objects = [{ id: 'view', type: 'index-pattern' }, { id: 'errors' }];
    const request = put('/api/saved_objects/_import?overwrite=true', {
      ...{ server: 'kibana', method: 'POST', savedObjects: objects },
    });
    const whole = await serverOf(() => [200, { success: true, successCount: 2 }]);
    await declare(declaringOf({ elasticsearch: undefined, kibana: whole.url }, [request]), signal);
    const form = await new Response(whole.asked[0]?.body, {
      headers: { 'content-type': 'multipart/form-data; boundary=sluice-saved-objects' },
    }).formData();
    const file = form.get('file') as File;
    expect((await file.text()).split('\n').map((line) => JSON.parse(line))).toEqual(objects);
    expect(file.name).toBe('objects.ndjson');
    const part = await serverOf(() => [200, { success: false, errors: [{ id: 'errors' }] }]);
    await expect(
      declare(declaringOf({ elasticsearch: undefined, kibana: part.url }, [request]), signal),
    ).rejects.toThrow('not all were imported: {"success":false');
  });

  it('to a server that never answers ends with the deadline', async () => {
    const declaring = declaringOf({ elasticsearch: 'http://127.0.0.1:1', kibana: undefined }, [put('/a')]);
    await expect(declare(declaring, AbortSignal.timeout(200))).rejects.toThrow();
    expect(warnings.at(-1)).toMatchObject({ server: 'elasticsearch' });
  });
});

describe('a file of a declaration', () => {
  it('that is none is refused with every fault', () => {
    expect(() => parseDeclaration('{')).toThrow('the declaration is no JSON');
    const wrong = { requests: [{ what: '', server: 'loki', method: 'PUT', path: 'x', extra: 1 }] };
    expect(() => parseDeclaration(JSON.stringify(wrong))).toThrow(
      /'requests\.0\.what'.*'requests\.0\.server'.*'requests\.0\.path'/,
    );
  });
});
