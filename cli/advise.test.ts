import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemIn } from '../apps/rendering.ts';
import { applications, local } from '../apps/testing/desired-state.ts';
import { runAdvise, type Sources } from './advise.ts';

const at = Date.UTC(2026, 10, 29) / 1000;
const folder = mkdtempSync(join(tmpdir(), 'sluice-advise-'));
const trace = join(folder, 'arrivals.csv');

/** An hour, a job every other second. */
writeFileSync(trace, Array.from({ length: 1800 }, (_, index) => `${at + 2 * index},1\n`).join(''));

const sources: Sources = {
  environments: [local],
  systemIn: (environment) => systemIn(environment, applications),
  now: () => (at + 3600) * 1000,
};

async function run(argv: string[]) {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const code = await runAdvise(argv, sources);
    return { code, text: write.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    write.mockRestore();
  }
}

describe('sluice advise', () => {
  it('prints the line to paste, the front, the days and what it saves', async () => {
    const svg = join(folder, 'front.svg');
    const { code, text } = await run(['jobs', '--trace', trace, '--p99-wait', '30s', '--svg', svg]);
    expect(code).toBe(0);
    expect(text).toContain(`Advice for jobs in local, from ${trace}`);
    expect(text).toMatch(/policy: (flow|drain|proportional|latch|constant)\(\{ .* \}\),/);
    expect(text).toMatch(/today: latch, as it is/);
    expect(text).toMatch(/2026-11-29 +1800/);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg(.|\n)*<\/svg>\n$/);
  });

  it('is the same in JSON, and ends with 1 where no policy meets the objective', async () => {
    const { code, text } = await run(['jobs', '--trace', trace, '--max-replicas', '1', '--format', 'json']);
    expect(code).toBe(1);
    const { misses, best, days } = JSON.parse(text);
    expect(misses).toHaveLength(1);
    expect(best.policy.maxReplicas).toBe(1);
    expect(days).toMatchObject([{ startSeconds: at, jobs: 1800 }]);
  });

  it('names everything that is wrong at once', async () => {
    await expect(
      run([
        '--prometheus',
        'ftp://x',
        '--p99-wait',
        'soon',
        '--max-replicas',
        '0',
        '--until',
        'now',
        '--format',
        'html',
        '--environment',
        'moon',
      ]),
    ).rejects.toThrow(
      /needs the name of a workload.*\n.*'--format' \(html\).*\n.*needs '--trace', or.*\n.*'--prometheus' must be.*\n.*'--until' \(now\).*\n.*'--p99-wait' \(soon\).*\n.*'--max-replicas' \(0\)(.|\n)*'--environment' \(moon\) must be one of: local$/,
    );
    await expect(run(['other', '--trace', trace])).rejects.toThrow(
      "sluice advise: 'other' must be a workload of local: consumer",
    );
    await expect(run(['jobs', '--trace', '/nowhere.csv'])).rejects.toThrow(
      "sluice advise: '--trace' (/nowhere.csv) cannot be read",
    );
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, '1795000000,3\n1795000060,-2\nsoon,1\n');
    await expect(run(['jobs', '--trace', bad])).rejects.toThrow(
      `sluice advise: '--trace' (${bad}) line 2: 'count' (-2) must be a whole number from 0 to 1000000000\nsluice advise: '--trace' (${bad}) line 3: 'epoch-seconds' (soon)`,
    );
  });

  it('explains itself', async () => expect((await run(['--help'])).text).toContain('usage: sluice advise'));
});

describe('a Prometheus that refuses', () => {
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/page')) response.end('<html>');
    else
      response.writeHead(400).end(JSON.stringify({ status: 'error', error: 'parse error: unexpected end' }));
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is quoted; what is none is named', async () => {
    await expect(run(['jobs', '--prometheus', base, '--query', 'sum('])).rejects.toThrow(
      `'--query' (sum() is refused by ${base}: parse error: unexpected end`,
    );
    await expect(run(['jobs', '--prometheus', `${base}/page`, '--query', 'x'])).rejects.toThrow(
      /answered 200 and no range of series/,
    );
    await expect(run(['jobs', '--prometheus', 'http://127.0.0.1:9', '--query', 'x'])).rejects.toThrow(
      /'--prometheus': /,
    );
  });
});
