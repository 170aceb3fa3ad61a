import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { latch } from '@sluice/policy';
import { spawnOwned } from '@sluice/runtime/processes';
import { expect, it, onTestFinished } from 'vitest';

const file = {
  pollSeconds: 5,
  workloads: [
    {
      name: 'jobs',
      source: { kind: 'detailed-metrics', url: 'http://127.0.0.1:9', vhost: '/', queue: 'jobs' },
      target: { kind: 'process', command: ['false'], env: {}, graceSeconds: 1 },
      policy: latch({ replicas: 1, startWhen: { readyAtLeast: 1 } }),
    },
  ],
};

async function* parsed(lines: AsyncIterable<string>): AsyncGenerator<{ readonly msg: string }> {
  for await (const line of lines) yield JSON.parse(line);
}

/** The scaler as a process; its file comes through a FIFO, which gives it once. */
function start(text: string) {
  const fifo = join(mkdtempSync(join(tmpdir(), 'sluice-scaler-main-')), 'config.json');
  execFileSync('mkfifo', [fifo]);
  const child = spawnOwned([process.execPath, join(import.meta.dirname, 'main.ts')], {
    env: { CONFIG_FILE: fifo, HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' },
    stdout: 'pipe',
  });
  if (child.stdout === null) throw new Error('the output of the scaler is a pipe');
  onTestFinished(() => void child.kill('SIGKILL'));
  void writeFile(fifo, text);
  return { child, lines: parsed(createInterface({ input: child.stdout })) };
}

it('reads its file once', { timeout: 60_000 }, async () => {
  const { child, lines } = start(JSON.stringify(file));
  const said: string[] = [];
  for await (const { msg } of lines) {
    said.push(msg);
    if (msg === 'started') child.kill('SIGTERM');
  }
  if (child.exitCode === null) await once(child, 'exit');
  expect(said).toContain('started');
  expect(child.exitCode).toBe(0);
});

it('ends with 2 and every fault of its file', { timeout: 60_000 }, async () => {
  const { child, lines } = start(JSON.stringify({ ...file, pollSeconds: 0, idlePollSeconds: -1 }));
  const said: unknown[] = [];
  for await (const line of lines) said.push(line);
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(2);
  expect(said).toMatchObject([
    {
      msg: 'invalid configuration',
      faults: [
        expect.stringContaining("'pollSeconds' (0)"),
        expect.stringContaining("'idlePollSeconds' (-1)"),
      ],
    },
  ]);
});
