import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepDeclared, startBroker } from '../support/shared-broker.ts';

test('a broker of our own: kept through SIGKILL and restart, gone with its data after stop', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-rabbitmq-test-'));
  const broker = await startBroker({ directory });
  const authorization = `Basic ${Buffer.from(`${broker.username}:${broker.password}`).toString('base64')}`;
  const api = (path: string, method = 'GET') =>
    fetch(`${broker.managementUrl}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(method === 'PUT' && { body: '{"durable":true}' }),
    });
  try {
    expect((await api('queues/%2f/kept', 'PUT')).status).toBe(201);
    expect((await fetch(`${broker.metricsUrl}/metrics`)).status).toBe(200);
    const guest = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
    expect(
      (await fetch(`${broker.managementUrl}/api/overview`, { headers: { authorization: guest } })).status,
    ).toBe(401);

    const first = broker.pid;
    await keepDeclared(broker);
    await broker.kill9();
    await expect(api('overview')).rejects.toThrow();
    await broker.restart();
    expect(broker.pid).not.toBe(first);
    expect((await api('queues/%2f/kept')).status).toBe(200);
  } finally {
    await broker.stop();
  }
  await expect(api('overview')).rejects.toThrow();
  expect(existsSync(directory)).toBe(false);
  expect(() => process.kill(broker.pid, 0)).toThrow('ESRCH');
  await broker.stop();
});
