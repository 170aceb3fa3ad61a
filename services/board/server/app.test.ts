import { describe, expect, it } from 'vitest';
import { tableOf } from '../../../test/support/readme.ts';
import { say } from '../../../test/support/say.ts';
import { BoardModel } from '../model/board.ts';
import { OnDemand } from '../model/feed.ts';
import { board, HOSTILE, running } from '../testing/served.ts';
import { LANGUAGES } from '../text/language.ts';

describe('a page', () => {
  it('answers "is everything well?" without a script', async () => {
    const { get } = await board({}, running());
    const { statusCode, body, headers } = await get('/');
    expect([statusCode, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toContain('<h1>All is well</h1>');
    expect(body).toContain('35'); // 30 ready and 5 in work
    expect(body).toContain('Mark reached');
    expect(Buffer.byteLength(body)).toBeLessThan(30_000);
  });

  it.each([
    ['critical', '1 alert fires'],
    ['warning', '1 alert fires'],
    ['info', 'All is well'],
  ])('does not say that all is well while an alert fires: %s', async (severity, title) => {
    const alert = { name: 'BrokerDown', severity, namespace: 'broker', summary: 'No scrape.', since: 1 };
    const alerts = { connection: { kind: 'live' }, value: [alert] } as const;
    const { get } = await board({ state: () => ({ ...running().state(60_000), alerts }) });
    const { body } = await get('/');
    expect(body).toContain(`<h1>${title}</h1>`);
    expect(body).toContain('BrokerDown');
  });

  it('shows a dash for an alert whose start cannot be read', async () => {
    const alert = { name: 'BrokerDown', severity: 'critical', namespace: 'broker', summary: 'No scrape.' };
    const alerts = { connection: { kind: 'live' }, value: [{ ...alert, since: undefined }] } as const;
    const state = () => ({ ...running().state(60_000), alerts });
    const charts = new OnDemand({ read: async () => [], freshMs: 1000, most: 2, changed: () => {} });
    const { get } = await board({ state, lookups: { charts } });
    const row = '<td><bdi>No scrape.</bdi></td><td>–</td>';
    for (const path of ['/', '/infra']) expect((await get(path)).body).toContain(row);
  });

  it('is served under each path that the README lists', async () => {
    const { get } = await board({}, running());
    const readme = new URL('../README.md', import.meta.url);
    const paths = tableOf(readme, 'Pages').map(([path = '']) => path.replaceAll('`', ''));
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) {
      const url = path.replace(':name', 'jobs');
      expect([url, (await get(url)).statusCode]).toEqual([url, 200]);
    }
  });

  it('closes its connection while the board stops, so that the next request goes to another pod', async () => {
    expect((await (await board()).get('/')).headers.connection).not.toBe('close');
    expect((await (await board({ closing: () => true })).get('/')).headers.connection).toBe('close');
  });

  it('of a queue has its figures, a table of each chart and its decisions', async () => {
    const { get } = await board({}, running());
    const { statusCode, body } = await get('/queues/jobs');
    expect(statusCode).toBe(200);
    expect(body.match(/<table>/g)).toHaveLength(3);
    expect(body).toContain('opening to 25 replicas');
    expect((await get('/queues')).headers.location).toBe('/queues/jobs');
  });

  it.each([
    [
      'is on its way',
      { connection: { kind: 'loading' } },
      'The first answer is on its way',
      'No decision yet',
    ],
    ['has none', { connection: { kind: 'live' } }, 'No decision yet', 'does not answer'],
    [
      'does not answer',
      { connection: { kind: 'failed', message: 'no route' } },
      'The log store does not answer',
      'on its way',
    ],
    ['is none', 'none', 'Set LOG_STORE_URL and SCALER_NAMESPACE, or LOG_FILE', 'No decision yet'],
  ] as const)('of a queue says of its decisions when their source %s', async (_, decisions, says, not) => {
    const model = new BoardModel();
    model.observe([{ workload: 'jobs', ready: 0, unacked: 0, replicas: 0 }], 60_000);
    const { get } = await board({ state: () => ({ ...model.state(60_000), decisions }) });
    const { body } = await get('/queues/jobs');
    expect(body).toContain(says);
    expect(body).not.toContain(not);
  });

  it('of a queue keeps the decisions that it knows while their source does not answer', async () => {
    const decisions = { connection: { kind: 'stale', message: 'no route' } } as const;
    const { get } = await board({ state: () => ({ ...running().state(60_000), decisions }) });
    const { body } = await get('/queues/jobs');
    expect(body).toContain('The log store does not answer');
    expect(body).toContain('opening to 25 replicas');
  });

  it.each(LANGUAGES)('speaks %s when it is asked to, and its links do so too', async (lang) => {
    const { get } = await board({}, running());
    const { body } = await get(`/?lang=${lang}&theme=dark`);
    expect(body).toContain(`<html lang="${lang}" data-theme="dark">`);
    expect(body).toContain(`href="/queues/jobs?lang=${lang}&amp;theme=dark"`);
  });

  it('speaks the language that the browser prefers', async () => {
    const { get } = await board();
    expect((await get('/', { 'accept-language': 'de-CH,en;q=0.3' })).body).toContain('<html lang="de"');
  });

  it.each([
    ['loading', (_: BoardModel) => {}, 'Waiting for the first reading'],
    ['empty', (model: BoardModel) => model.observe([], 1), 'Add a worker'],
    [
      'failed',
      (model: BoardModel) => {
        for (const at of [0, 20_000]) model.failed('no route to <host>', at);
      },
      'no route to &lt;host&gt;',
    ],
    [
      'stale',
      (model: BoardModel) => {
        model.observe([{ workload: 'jobs', ready: 1, unacked: 0, replicas: 0 }], 1);
        model.failed('gone', 2);
      },
      'The scaler does not answer',
    ],
  ])('says what to do when it is %s', async (_, into, text) => {
    const model = new BoardModel();
    into(model);
    const { get } = await board({}, model);
    const { statusCode, body } = await get('/');
    expect([statusCode, body]).toEqual([200, expect.stringContaining(text)]);
  });

  it('shows hostile names and sentences as text', async () => {
    const { get } = await board({}, running(HOSTILE, HOSTILE));
    for (const path of ['/', `/queues/${encodeURIComponent(HOSTILE)}`]) {
      const { statusCode, body } = await get(path);
      expect(statusCode).toBe(200);
      expect(body).toContain('&quot;&gt;&lt;script&gt;');
      expect(body).not.toContain('<script>alert');
      expect(body).not.toMatch(/<img/);
    }
  });

  it('runs no script but its own, loads nothing from elsewhere and sets no cookie', async () => {
    const { get } = await board({}, running());
    const { headers, body } = await get('/queues/jobs');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self';/,
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['set-cookie']).toBeUndefined();
    expect(body).not.toMatch(/\sstyle=|\son\w+=|https?:\/\//);
    for (const [, address = ''] of body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      const asset = await get(address, { 'accept-encoding': 'gzip' });
      expect([asset.statusCode, asset.headers['content-encoding']]).toEqual([200, 'gzip']);
    }
  });

  it('counts and logs what a browser reports of its policy', async () => {
    const { app, reports, get } = await board();
    const headers = { 'content-type': 'application/csp-report' };
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/csp-report',
      headers,
      payload: '{"csp-report":{}}',
    });
    expect([statusCode, reports]).toEqual([204, ['{"csp-report":{}}']]);
    expect((await get('/metrics')).body).toContain('sluice_board_csp_reports_total{component="board"} 1');
  });
});

describe('a request', () => {
  const header = { access: { kind: 'header', header: 'x-auth-request-user' } } as const;

  it('without a user of the ingress is refused, and learns nothing', async () => {
    const { get } = await board(header, running('secret-workload'));
    for (const path of ['/', '/queues/secret-workload', '/live?page=/', '/nowhere']) {
      const { statusCode, body } = await get(path);
      expect([path, statusCode]).toEqual([path, 401]);
      expect(body).not.toContain('secret-workload');
    }
    const refused = await get('/');
    const [, style = ''] = /rel="stylesheet" href="([^"]+)"/.exec(refused.body) ?? [];
    expect([(await get('/livez')).statusCode, (await get(style)).statusCode]).toEqual([200, 200]);
  });

  it.each([
    ['one', { 'x-auth-request-user': 'ada@example.com' }, 200],
    ['an empty one', { 'x-auth-request-user': '' }, 401],
    ['two, of which the visitor has set one', { 'x-auth-request-user': 'ada@example.com, root' }, 401],
    ['a very long one', { 'x-auth-request-user': 'a'.repeat(300) }, 401],
  ])('with %s is answered with %s', async (_, headers, status) => {
    const { get } = await board(header, running());
    expect((await get('/', headers)).statusCode).toBe(status);
  });

  it.each([
    ['localhost', 200],
    ['localhost:8080', 200],
    ['127.0.0.1:4711', 200],
    ['[::1]:4711', 200],
    ['board.evil.example', 421],
    ['localhost.evil.example', 421],
  ])('of an open board for the host %s is answered with %i', async (host, status) => {
    const { get } = await board();
    expect((await get('/', { host })).statusCode).toBe(status);
  });

  it('for what is not there is 404, by a page', async () => {
    const { get, reports } = await board();
    for (const path of [
      '/nowhere',
      '/queues/none',
      '/queues/%ff',
      '/assets/x/board.css',
      '/live?page=/nowhere',
    ])
      expect([path, (await get(path)).statusCode]).toEqual([path, path === '/queues/%ff' ? 400 : 404]);
    expect(reports).toEqual([]);
    expect((await get('/queues/none')).body).toContain('There is no such page');
  });

  it('beyond the rate is 429, by a page, and another user is not affected', async () => {
    const { get } = await board({ ...header, requestsPerMinute: 3 });
    const as = (user: string) => get('/nowhere', { 'x-auth-request-user': user });
    const statuses = [];
    for (let asked = 0; asked < 5; asked += 1) statuses.push((await as('ada')).statusCode);
    expect(statuses).toEqual([404, 404, 404, 429, 429]);
    expect((await as('ada')).body).toContain('Too many requests');
    expect((await as('bob')).statusCode).toBe(404);
  });

  it('only reads', async () => {
    const { app } = await board();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const)
      expect((await app.inject({ method, url: '/' })).statusCode).toBe(404);
  });

  it('behind a shared ingress has its pages and files below the prefix', async () => {
    const { get } = await board({ prefix: '/board' }, running());
    const { statusCode, body } = await get('/board');
    expect(statusCode).toBe(200);
    for (const [, address] of body.matchAll(/(?:href|src|action)="([^"#]+)"/g))
      expect(address).toMatch(/^\/board(\/|\?|$)/);
    expect((await get('/board/queues/jobs')).statusCode).toBe(200);
    expect((await get('/')).statusCode).toBe(404);
    expect((await get('/metrics')).statusCode).toBe(200);
  });
});

it('takes a whole URL for its path, and two Host headers for none', async () => {
  const { app } = await board({}, running());
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const ask = (line: string, hosts: string) =>
    say(port, `${line} HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`);
  expect(await ask('GET http://localhost/', 'host: localhost\r\n')).toMatch(/^HTTP\/1.1 200 /);
  expect(await ask('GET /', 'host: localhost\r\nHost: b\r\n')).toMatch(/^HTTP\/1.1 400 /);
});
