import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { latch } from '@sluice/policy';
import { spawnOwned } from '@sluice/runtime/processes';
import { expect, inject, it, vi } from 'vitest';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { bundleEnv, commandOf } from '../support/bundles.ts';
import { freshVhost } from '../support/vhost.ts';
import { declareQueue, metricsSource, publishJobs, scalerFile } from './scaler-harness.ts';

const within = { timeout: patient(30) * 1000, interval: 50 };

function startMain(env: Readonly<Record<string, string | undefined>>) {
  const { LOG_LEVEL: _, ...inherited } = process.env;
  const child = spawnOwned(commandOf('scaler'), {
    env: { ...inherited, ...bundleEnv(), HTTP_PORT: '0', ...env },
    stdout: 'pipe',
  });
  const lines: string[] = [];
  if (child.stdout !== null) createInterface(child.stdout).on('line', (line) => lines.push(line));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, lines, ended };
}

it('ends its processes in order on SIGTERM, each after the job in flight', async () => {
  const vhost = await freshVhost(inject('broker'));
  await declareQueue(vhost.amqpUrl);
  // More than is done before the last process starts, on a machine of any speed.
  await publishJobs(vhost.amqpUrl, 1000);
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-scaler-')), 'scaler.json');
  const policy = latch({ replicas: 3, startWhen: { readyAtLeast: 100 } });
  const source = metricsSource(vhost.broker, vhost.name);
  const options = { source, policy, amqpUrl: vhost.amqpUrl, workMs: 300 };
  writeFileSync(file, JSON.stringify(scalerFile(options)));
  const { child, lines, ended } = startMain({ CONFIG_FILE: file, HTTP_HOST: '127.0.0.1' });
  // A process that still starts ends by SIGTERM without a word.
  const atWork = () =>
    new Set(lines.filter((line) => line.includes(' did ')).map((line) => line.split(' ')[0]));
  await vi.waitFor(() => expect(atWork().size).toBe(3), within);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(lines.filter((line) => / stopped$/.test(line))).toHaveLength(3);
  expect(lines.filter((line) => / again$/.test(line))).toEqual([]);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: 'stopped' });
  await vhost.remove();
});

it.each([
  {
    wrong: 'environment',
    env: { HTTP_PORT: 'x', LOG_LEVEL: 'loud' },
    named: ['CONFIG_FILE', 'LOG_LEVEL', 'HTTP_PORT'],
  },
  {
    wrong: 'file',
    env: { CONFIG_FILE: '/nowhere', LEASE_NAME: 'l' },
    named: ['CONFIG_FILE', 'LEASE_NAMESPACE'],
  },
])('ends with 2 and every fault of the $wrong in one line', async ({ env, named }) => {
  const { lines, ended } = startMain(env);
  expect(await ended).toBe(2);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'invalid configuration',
    faults: named.map((name) => expect.stringContaining(`'${name}'`)),
  });
});
