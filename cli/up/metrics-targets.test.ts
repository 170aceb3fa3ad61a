import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { brokerTargets, MetricsTargets, processTarget } from './metrics-targets.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listening(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

interface Group {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const fileOf = (): string => join(mkdtempSync(join(tmpdir(), 'targets-')), 'metrics.json');
const read = (targets: MetricsTargets): Group[] => JSON.parse(readFileSync(targets.file, 'utf8')) as Group[];

test('a process is a target with the labels that it has in a cluster', () => {
  const targets = new MetricsTargets(fileOf(), []);
  targets.add(processTarget('consumer', 'thumbnails', 4001));
  expect(read(targets)).toEqual([
    {
      targets: ['127.0.0.1:4001'],
      labels: {
        ...{ job: 'consumer', namespace: 'thumbnails', service: 'consumer', pod: 'consumer-4001' },
        ...{ __metrics_path__: '/metrics', metrics_path: '/metrics' },
      },
    },
  ]);
});

test('a broker has a page of sums and a page of its queues', () => {
  const targets = new MetricsTargets(fileOf(), brokerTargets('http://127.0.0.1:15692'));
  expect(read(targets).map(({ labels }) => [labels.__metrics_path__, labels.__param_family])).toEqual([
    ['/metrics', undefined],
    ['/metrics/detailed', 'queue_coarse_metrics'],
  ]);
});

test('a process that has ended is taken out, and one that runs stays', async () => {
  const targets = new MetricsTargets(fileOf(), []);
  const [ended, running] = [await listening(), await listening()];
  for (const port of [ended, running]) targets.add(processTarget('consumer', 'consumer', port));
  await targets.refresh();
  expect(read(targets)).toHaveLength(2);

  const [server] = servers.splice(0, 1);
  await new Promise((resolve) => server?.close(resolve));
  await targets.refresh();
  expect(read(targets).map(({ targets: [address] }) => address)).toEqual([`127.0.0.1:${running}`]);
});

test('a port that another process has opened again is one target', () => {
  const targets = new MetricsTargets(fileOf(), [processTarget('publisher', 'publisher', 4001)]);
  targets.add(processTarget('consumer', 'consumer', 4001));
  expect(read(targets).map(({ labels }) => labels.job)).toEqual(['consumer']);
});
