import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { serve, serveJson, start } from './testing/serve.ts';

const LOOPBACK = { allowAddresses: ['127.0.0.0/8', '::1/128'] };
vi.setConfig({ testTimeout: 30_000 });
/** Many intervals, on a machine that is busy. */
const eventually = (holds: () => unknown): Promise<unknown> => vi.waitFor(holds, { timeout: 60_000 });
const shop = (origin: string, more: object = {}) => ({
  name: 'shop',
  url: `${origin}/metrics.json`,
  module: 'source-system',
  ...more,
});

describe('/metrics', () => {
  it('shows the targets of the file as their mapping says, and how they are', async () => {
    await using source = await serveJson(() => ({ request_count: 7, '400_count': 2, '500_count': 1 }));
    await using exporter = await start({ targets: [shop(source.origin)], ...LOOPBACK });
    await eventually(async () => expect(await exporter.metrics(/^http_/)).toHaveLength(3));
    expect(await exporter.metrics(/^http_/)).toEqual([
      'http_requests_total{service="shop"} 7',
      'http_400_response_total{service="shop"} 2',
      'http_500_response_total{service="shop"} 1',
    ]);
    expect(await exporter.metrics(/_up|_series|_invalid/)).toEqual([
      'sluice_exporter_target_up{target="shop",component="exporter"} 1',
      'sluice_exporter_target_series{target="shop",component="exporter"} 3',
      'sluice_exporter_target_invalid_values{target="shop",component="exporter"} 0',
    ]);
    expect((await exporter.get('/metrics')).headers.get('content-type')).toContain('version=0.0.4');
  });

  it('drops the series of a target that is gone, logs it once, and has them again when it is back', async () => {
    let failing = false;
    await using source = await serve((response) =>
      failing ? response.writeHead(500).end() : response.end('{"request_count":7}'),
    );
    await using exporter = await start({ targets: [shop(source.origin)], ...LOOPBACK });
    await eventually(async () => expect(await exporter.metrics(/^http_requests_total/)).toHaveLength(1));
    failing = true;
    await eventually(async () => expect(await exporter.metrics(/^http_requests_total/)).toHaveLength(0));
    expect(await exporter.metrics(/_up/)).toEqual([
      'sluice_exporter_target_up{target="shop",component="exporter"} 0',
    ]);
    failing = false;
    await eventually(async () => expect(await exporter.metrics(/^http_requests_total/)).toHaveLength(1));
    expect(exporter.lines).toEqual([
      { target: 'shop', reason: 'http-status', error: 'answered 500', msg: 'target failed' },
      { target: 'shop', msg: 'target recovered' },
    ]);
  });

  it('is not held up by a target that never answers', async () => {
    await using source = await serveJson(() => ({ request_count: 7 }));
    await using silent = await serve(() => {});
    const targets = [shop(source.origin), { ...shop(silent.origin), name: 'silent' }];
    await using exporter = await start({ targets, ...LOOPBACK });
    await eventually(async () => expect(await exporter.metrics(/failures_total/)).toHaveLength(1));
    expect(await exporter.metrics(/^http_requests_total/)).toEqual(['http_requests_total{service="shop"} 7']);
    expect(await exporter.metrics(/failures_total/)).toEqual([expect.stringContaining('reason="timeout"')]);
  });

  it('has nothing of a target of the file whose address must not be reached', async () => {
    await using source = await serveJson(() => ({ request_count: 7 }));
    await using exporter = await start({ targets: [shop(source.origin)] });
    await eventually(async () =>
      expect(await exporter.metrics(/failures_total.*address-refused/)).toHaveLength(1),
    );
    expect(source.requests).toEqual([]);
  });
});

describe('credentials', () => {
  it('go to the target of that name from a file or a variable, and are not logged', async () => {
    await using source = await serve((response) => response.writeHead(401).end());
    const passwordFile = join(mkdtempSync(join(tmpdir(), 'sluice-password-')), 'password');
    writeFileSync(passwordFile, 'sesame\n');
    const targets = [
      shop(source.origin, { basicAuth: { username: 'monitor', passwordFile } }),
      shop(source.origin, {
        name: 'other',
        basicAuth: { username: 'monitor', passwordVariable: 'SLUICE_TEST_PASSWORD' },
      }),
    ];
    vi.stubEnv('SLUICE_TEST_PASSWORD', 'open');
    await using exporter = await start({ targets, ...LOOPBACK }, { SLUICE_TEST_PASSWORD: 'open' });
    vi.unstubAllEnvs();
    await eventually(() => expect(exporter.lines).toHaveLength(2));
    const sent = new Set(source.requests.map(({ headers }) => headers.authorization));
    expect(sent).toEqual(new Set(['monitor:sesame', 'monitor:open'].map((it) => `Basic ${btoa(it)}`)));
    const logged = JSON.stringify(exporter.lines);
    for (const secret of ['sesame', 'open', btoa('monitor:sesame')]) expect(logged).not.toContain(secret);
  });

  it('never go to a URL that a probe gives, though it is that of a target', async () => {
    await using source = await serveJson(() => ({ request_count: 7 }));
    const basicAuth = { username: 'monitor', passwordVariable: 'PATH' };
    const target = shop(source.origin, { basicAuth });
    await using exporter = await start(
      { targets: [target], allow: [source.origin], ...LOOPBACK },
      { PATH: 'x' },
    );
    await eventually(() => expect(source.requests.length).toBeGreaterThan(0));
    expect(source.requests[0]?.headers.authorization).toBe(`Basic ${btoa('monitor:x')}`);
    const before = source.requests.length;
    expect(await (await exporter.probe(`${source.origin}/probed`, 'source-system')).text()).toContain(
      'probe_success 1',
    );
    const probed = source.requests.slice(before).filter(({ url }) => url === '/probed');
    expect(probed.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

it('knows no other page, lives and is ready', async () => {
  await using exporter = await start({});
  const statuses = await Promise.all(
    ['/', '/livez', '/readyz', '/probes', '//'].map((path) => exporter.get(path)),
  );
  expect(statuses.map(({ status }) => status)).toEqual([404, 200, 200, 404, 404]);
});
