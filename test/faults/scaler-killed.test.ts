import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { latch } from '@sluice/policy';
import { spawnOwned } from '@sluice/runtime/processes';
import { afterEach, expect, inject, it } from 'vitest';
import { declareQueue, metricsSource, publishJobs, scalerFile } from '../integration/scaler-harness.ts';
import { bundleEnv, commandOf } from '../support/bundles.ts';
import { Mark } from '../support/marked.ts';
import { until } from '../support/service-processes.ts';
import { freshVhost } from '../support/vhost.ts';

const REPLICAS = 5;
const JOBS = 150;

const mark = new Mark();
afterEach(() => {
  for (const { pid } of mark.processes()) process.kill(pid, 'SIGKILL');
});

function startScaler(file: string, lines: string[]): ChildProcess {
  const env = {
    ...{ ...mark.env, ...bundleEnv() },
    CONFIG_FILE: file,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    LOG_LEVEL: undefined,
  };
  const child = spawnOwned(commandOf('scaler'), { env, stdout: 'pipe' });
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return child;
}

const workers = (): number[] => mark.nodes(/scaler-worker\.ts$/);

it('a local scaler that is killed and started again never runs more than the count, and comes back to 0', async () => {
  const vhost = await freshVhost(inject('broker'));
  await declareQueue(vhost.amqpUrl);
  await publishJobs(vhost.amqpUrl, JOBS);
  const policy = latch({ replicas: REPLICAS, startWhen: { readyAtLeast: 10 } });
  const source = metricsSource(vhost.broker, vhost.name);
  const file = join(mark.directory, 'scaler.json');
  writeFileSync(file, JSON.stringify(scalerFile({ source, policy, amqpUrl: vhost.amqpUrl, workMs: 200 })));
  const lines: string[] = [];
  const said = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;

  const first = startScaler(file, lines);
  await until('every worker does jobs', () => workers().length === REPLICAS && said(/ did /) >= REPLICAS, 60);
  const before = workers();
  const opened = said(/"replicas":5/);
  first.kill('SIGKILL');
  const second = startScaler(file, lines);
  let most = 0;
  const look = () => {
    most = Math.max(most, workers().length);
    return most;
  };
  await until('the second scaler opens', () => look() > 0 && said(/"replicas":5/) > opened, 60);
  expect(workers().filter((pid) => before.includes(pid))).toEqual([]);
  await until(
    'it closes again',
    () => look() > 0 && said(/BacklogDrained/) >= 1 && workers().length === 0,
    120,
  );
  expect(most).toBe(REPLICAS);
  // At least once each: those in flight at the kill come again.
  const done = new Set(lines.flatMap((line) => / did (\d+)/.exec(line)?.[1] ?? []));
  expect(done.size).toBe(JOBS);
  second.kill('SIGTERM');
  expect(await once(second, 'exit')).toEqual([0, null]);
  await vhost.remove();
});
