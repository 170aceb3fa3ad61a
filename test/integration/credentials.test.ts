import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { JobHarness } from '../support/job-harness.ts';
import { publishJobs } from './jobs.ts';

const PASSWORD = 'open-sesame-7f';

let harness: JobHarness;
const user = `late-${randomUUID().slice(0, 8)}`;
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'));
});
afterEach(async () => {
  await harness.vhost.api('DELETE', `users/${user}`);
  await harness.close();
});

/** The broker behind a relay that counts who connects: the number is not the service's own word. */
async function relay() {
  const target = Number(new URL(harness.vhost.amqpUrl).port);
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const broker = connect(target, '127.0.0.1');
    for (const socket of [client, broker]) socket.on('error', () => {});
    client.pipe(broker).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(harness.vhost.amqpUrl);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, count: () => connections, [Symbol.dispose]: () => void server.close() };
}

it('with a wrong password a consumer says so without it, knocks a few times and ends 0 on SIGTERM', async () => {
  using broker = await relay();
  const passwordFile = harness.fleet.file('password', PASSWORD);
  const { child, ended } = harness.startConsumer({
    ...{ AMQP_URL: broker.url, AMQP_USERNAME: 'sluice', AMQP_PASSWORD_FILE: passwordFile },
  });
  const [refused] = await harness.untilSaid('connection lost');
  expect(refused?.error).toContain('ACCESS_REFUSED - Login was refused');
  const before = broker.count();
  await sleep(4000);
  // The waits are 0.25, 0.5, 1, 2 s in the mean and at most twice that: about 4 tries; 40 ms a try would be 100.
  expect(broker.count() - before).toBeGreaterThanOrEqual(1);
  expect(broker.count() - before).toBeLessThanOrEqual(15);
  const stoppedAt = Date.now();
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  // It does not wait for its next try, which may be half a minute away.
  expect(Date.now() - stoppedAt).toBeLessThan(5000);
  expect(harness.of('job processed')).toEqual([]);
  expect(JSON.stringify(harness.lines)).not.toContain(PASSWORD);
});

it('a consumer whose user does not exist yet gets in without a restart as soon as it does', async () => {
  await publishJobs(harness, 'run', 3);
  harness.startConsumer({ AMQP_USERNAME: user, AMQP_PASSWORD: PASSWORD });
  await harness.untilSaid('connection lost', 2);
  const permissions = { configure: '^$', write: '^jobs$', read: '^jobs$' };
  const passwordFile = harness.fleet.file('password', `${PASSWORD}\n`);
  const users = [{ name: user, tags: [], passwordFile, permissions }];
  const nothing = { exchanges: [], queues: [], bindings: [], policies: [] };
  expect(await harness.topology({ vhost: harness.vhost.name, ...nothing, users })).toBe(0);
  await harness.untilSaid('job processed', 3, 40);
  expect(harness.ended('succeeded').sort()).toEqual(['run-0', 'run-1', 'run-2']);
  expect(JSON.stringify(harness.lines)).not.toContain(PASSWORD);
});
