import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flow, latch, type Policy } from '@sluice/policy';
import { freePort } from '@sluice/runtime/processes';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemIn } from '../../apps/rendering.ts';
import { applications, local, render, withOverrides } from '../../apps/testing/desired-state.ts';
import { runSimulate } from '../../cli/simulate.ts';
import type { RecordedArrivals } from '../../environments/environment.ts';
import { writeDist } from '../../packages/manifests/dist.ts';
import { type LocalPrometheus, startPrometheus } from '../support/prometheus.ts';

const now = Math.floor(Date.now() / 1000 / 3600) * 3600;
const HOURS = 6;
const scrapes = Array.from({ length: HOURS * 120 + 1 }, (_, index) => index);

/** The exporter's counter as it is scraped every 30 s: 15 jobs each time, and a broker that restarts in the middle. */
const jobs = scrapes.map((index): [number, number] => [
  now - HOURS * 3600 + 30 * index,
  index < 360 ? 700 + 15 * index : 15 * (index - 360),
]);
const idle = jobs.map(([seconds]): [number, number] => [seconds, 7]);

let prometheus: LocalPrometheus;
let root = '';
beforeAll(async () => {
  const counter = (name: string, queue: string, samples: [number, number][]) => ({
    ...{ name, labels: { queue, vhost: '/', target: 'broker' }, samples },
  });
  prometheus = await startPrometheus([
    counter('rabbitmq_queue_messages_published_total', 'jobs', jobs),
    counter('idle_published_total', 'jobs', idle),
  ]);
  root = mkdtempSync(join(tmpdir(), 'sluice-recorded-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: root },
    });
  git('init', '--quiet', '--initial-branch=main');
  writeDist(join(root, 'dist'), render([local]));
  git('add', '--all');
  git('commit', '--quiet', '--message', 'want what is wanted here');
});
afterAll(() => prometheus?.stop());

/** The comment of a pull request that changes the consumer's policy in an environment that records its arrivals. */
async function comment(
  recordedArrivals: RecordedArrivals,
  policy: Policy = flow({ maxReplicas: 10, targetWaitSeconds: 60 }),
  more: string[] = [],
) {
  const changed = withOverrides({ ...local, recordedArrivals }, { consumer: { policy } });
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const argv = ['--base', 'main', '--format', 'markdown', ...more];
    const code = await runSimulate(argv, {
      ...{ root, environments: [changed], render: () => render([changed]), now: () => now * 1000 },
      systemIn: (environment) => systemIn(environment, applications),
    });
    const text = write.mock.calls.map(([part]) => String(part)).join('');
    return { code, text: text.replaceAll('\\', '') };
  } finally {
    write.mockRestore();
  }
}

describe('a pull request that changes a policy', () => {
  it('shows it on what a real Prometheus has recorded, before and after', async () => {
    const { code, text } = await comment({ prometheus: `${prometheus.url}/`, hours: HOURS });
    expect(code).toBe(0);
    expect(text).toMatch(
      /Workload jobs in local, under what arrived from .* UTC \(The counter began anew at .*\.\)/,
    );
    // The first scrape after the restart shows 0: what was added before it is not known.
    expect(text).toMatch(
      new RegExp(`^\\| jobs published \\| ${HOURS * 120 * 15 - 15} \\| ${HOURS * 120 * 15 - 15} \\|`, 'm'),
    );
    expect(text).toMatch(/^\| replica-seconds/m);
    expect(text).not.toContain('bursts');
  });

  it('shows bursts where the options say so', async () => {
    const { text } = await comment({ prometheus: prometheus.url }, undefined, [
      '--jobs',
      '10',
      '--for',
      '30m',
    ]);
    expect(text).toContain('under bursts of 10 jobs every 600 s');
    expect(text).not.toContain('Recorded arrivals');
  });

  it('says why it shows bursts where the Prometheus has nothing to replay', async () => {
    const policy = latch({ replicas: 5, startWhen: { readyAtLeast: 50 } });
    const recorded = (counter: string) => comment({ prometheus: prometheus.url, hours: 1, counter }, policy);
    const none = await recorded('missing_total');
    expect(none.code).toBe(0);
    expect(none.text).toMatch(
      /In local the bursts .*: missing_total\{queue="jobs"\} has no series in this span/,
    );
    expect(none.text).toContain('under bursts of 100 jobs every 600 s');
    const quiet = await recorded('idle_published_total');
    expect(quiet.text).toContain('idle_published_total{queue="jobs"} counts 0 jobs');
  });

  it('is not kept from its comment by a Prometheus that does not answer', async () => {
    const away = `http://127.0.0.1:${await freePort()}`;
    const { code, text } = await comment({ prometheus: away });
    expect(code).toBe(0);
    expect(text).toMatch(
      /Recorded arrivals\n\n- In local the bursts .*: 'recordedArrivals\.prometheus': .*ECONNREFUSED/,
    );
    expect(text).toContain('under bursts of 100 jobs every 600 s');
  });
});
