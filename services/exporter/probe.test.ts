import { describe, expect, it } from 'vitest';
import { serve, serveJson, start } from './testing/serve.ts';

const LOOPBACK = { allowAddresses: ['127.0.0.0/8', '::1/128'] };

describe('a probe', () => {
  it('answers with the series of that document, and no others', async () => {
    let requests = 7;
    await using source = await serveJson(() => ({ request_count: requests, '400_count': 0, '500_count': 0 }));
    const targets = [{ name: 'shop', url: source.origin, module: 'source-system' }];
    await using exporter = await start({ targets, ...LOOPBACK });
    const text = await (await exporter.probe('shop')).text();
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'probe_success 1',
      expect.stringMatching(/^probe_duration_seconds 0\.\d+$/),
      'http_requests_total{service="shop"} 7',
      'http_400_response_total{service="shop"} 0',
      'http_500_response_total{service="shop"} 0',
    ]);
    requests = 3;
    // It remembers nothing: Prometheus sees the restart itself.
    expect(await (await exporter.probe('shop')).text()).toContain('http_requests_total{service="shop"} 3\n');
  });

  it('takes a URL that is allowed, by a module', async () => {
    await using source = await serveJson(() => [
      { name: 'q', vhost: '/', messages_ready: 1, messages_unacknowledged: 2 },
    ]);
    await using exporter = await start({ allow: [`http://localhost:${source.port}`], ...LOOPBACK });
    const answer = await exporter.probe(
      `http://localhost:${source.port}/api/queues?columns=name`,
      'rabbitmq-management',
    );
    expect(await answer.text()).toContain(
      `rabbitmq_queue_messages_ready{queue="q",target="localhost:${source.port}",vhost="/"} 1\n`,
    );
    expect(source.requests.map(({ url }) => url)).toEqual(['/api/queues?columns=name']);
  });

  it('of a target that fails answers without its series', async () => {
    await using source = await serve((response) => response.writeHead(500).end());
    await using exporter = await start({ allow: [source.origin], ...LOOPBACK });
    const answer = await exporter.probe(source.origin, 'source-system');
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toContain('probe_success 0\n');
    expect(text).not.toContain('http_requests_total');
  });

  it('answers before Prometheus gives up', async () => {
    await using source = await serve(() => {});
    const env = { TIMEOUT_SECONDS: '3600', INTERVAL_SECONDS: '3600' };
    await using exporter = await start({ allow: [source.origin], ...LOOPBACK }, env);
    const headers = { 'x-prometheus-scrape-timeout-seconds': '0.1' };
    expect(await (await exporter.probe(source.origin, 'source-system', headers)).text()).toContain(
      'probe_success 0',
    );
  });
});

describe('a probe is refused', () => {
  it.each([
    ['without a target', '/probe', 400, "'target' must be given: a target's name or a URL"],
    ['without a module', '/probe?target=http://api/', 400, "'module' (absent) must be the name of a mapping"],
    [
      'for a module that there is not',
      '/probe?target=http://api/&module=x',
      400,
      "'module' (x) must be the name of a mapping",
    ],
    [
      'for what is no URL',
      '/probe?target=api&module=source-system',
      400,
      "'target' must be a target's name or a URL of scheme http or https, without credentials",
    ],
    [
      'for another scheme',
      '/probe?target=file:///etc/passwd&module=source-system',
      400,
      "'target' must be a target's name or a URL of scheme http or https, without credentials",
    ],
    [
      'for a URL that is not allowed',
      '/probe?target=http://api:81/x?y=z&module=source-system',
      403,
      "'target' (http://api:81) is not allowed",
    ],
    [
      'for a metadata service',
      '/probe?target=http://169.254.169.254/latest&module=source-system',
      403,
      "'target' (http://169.254.169.254) is not allowed",
    ],
  ])('%s', async (_case, path, status, why) => {
    await using exporter = await start({ allow: ['http://api:80'] });
    const answer = await exporter.get(path);
    expect([answer.status, await answer.text()]).toEqual([status, `${why}\n`]);
  });

  it('when too many run at the same time', async () => {
    const arrived = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    await using source = await serve((response) => {
      arrived.resolve();
      void answered.promise.then(() => response.end('{}'));
    });
    const env = { MAX_PROBES: '1', TIMEOUT_SECONDS: '10', INTERVAL_SECONDS: '10' };
    await using exporter = await start({ allow: [source.origin], ...LOOPBACK }, env);
    const first = exporter.probe(source.origin, 'source-system');
    await arrived.promise;
    expect((await exporter.probe(source.origin, 'source-system')).status).toBe(503);
    answered.resolve();
    expect((await first).status).toBe(200);
    expect((await exporter.probe(source.origin, 'source-system')).status).toBe(200);
    expect(await exporter.metrics(/probes_total/)).toEqual([
      'sluice_exporter_probes_total{result="refused",component="exporter"} 1',
      'sluice_exporter_probes_total{result="success",component="exporter"} 2',
    ]);
  });
});

describe('an allowed name', () => {
  it('that leads to this host is not followed there', async () => {
    await using source = await serveJson(() => ({ request_count: 7 }));
    await using exporter = await start({ allow: [`http://localhost:${source.port}`] });
    const answer = await exporter.probe(`http://localhost:${source.port}/`, 'source-system');
    expect(await answer.text()).toContain('probe_success 0');
    expect(source.requests).toEqual([]);
  });

  it('whose server redirects elsewhere is not followed there', async () => {
    await using elsewhere = await serveJson(() => ({ request_count: 7 }));
    await using source = await serve((response) =>
      response.writeHead(307, { location: elsewhere.origin }).end(),
    );
    await using exporter = await start({ allow: [source.origin], ...LOOPBACK });
    expect(await (await exporter.probe(source.origin, 'source-system')).text()).toContain('probe_success 0');
    await expect.poll(() => source.requests).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
  });
});
