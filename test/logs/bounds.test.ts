import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/job-harness.ts';
import { LogAgent } from '../support/log-agent.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import { LoggedPod } from './pods.ts';

const MIB = 1024 * 1024;
const LIMITS = { memoryMiB: 128, queueBytes: 2 * MIB };

/** Some 20 MB: ten times what the queue takes. */
const LINES = 100_000;
const TEXT = 'x'.repeat(120);

let store: VictoriaLogs | undefined;
let agent: LogAgent | undefined;

afterEach(async () => {
  await agent?.kill9();
  await store?.kill9();
});

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

const residentBytes = (pid: number): number => {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
};

/** The sum of a metric of the agent; 0 where it has none of it. */
async function metric(of: LogAgent, name: string): Promise<number> {
  const text = await (await fetch(of.metricsUrl)).text();
  return text
    .split('\n')
    .filter((row) => row.startsWith(`${name}{`))
    .reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
}

describe('an agent whose store is down', () => {
  it('holds so much memory and disk and no more, says so, and loses nothing', async () => {
    const to = await VictoriaLogs.start();
    store = to;
    await to.kill9();
    const from = await LogAgent.start({ 'victoria-logs': to.url }, LIMITS);
    agent = from;
    const pod = new LoggedPod(from.logs, 'cart-0');
    for (let first = 0; first < LINES; first += 1000)
      pod.write(Array.from({ length: 1000 }, (_, index) => `{"msg":"${TEXT}","n":${first + index}}`));

    // It reads until the queue is full, and no further: twice the same number is a reading that has stopped.
    let read = -1;
    await eventually(
      'the queue is full, and the reading stops',
      async () => {
        const capacity = await metric(from, 'otelcol_exporter_queue_capacity');
        const fill = (await metric(from, 'otelcol_exporter_queue_size')) / capacity;
        const accepted = await metric(from, 'otelcol_receiver_accepted_log_records_total');
        const stopped = fill > 0.8 && accepted === read;
        read = accepted;
        return stopped;
      },
      120,
    );
    const held = { memory: residentBytes(from.pid), disk: bytesBelow(from.state) };
    process.stdout.write(
      `${read} of ${LINES} lines read; ${Math.round(held.memory / MIB)} MiB of memory, ${Math.round(held.disk / MIB)} MiB of disk\n`,
    );
    expect(read).toBeLessThan(LINES / 2);
    expect(held.memory).toBeLessThan(1.5 * LIMITS.memoryMiB * MIB);
    // The file of the queue keeps pages that it has freed.
    expect(held.disk).toBeLessThan(8 * LIMITS.queueBytes);

    await to.restart();
    const distinct = async (): Promise<number> => {
      const [row] = await to.query('* | stats count_uniq(n) numbers');
      return Number(row?.numbers ?? 0);
    };
    await eventually('every line is there', async () => (await distinct()) === LINES, 240);
    expect(await metric(from, 'otelcol_exporter_send_failed_log_records_total')).toBe(0);
  });
});
