import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Channel, connect } from 'amqplib';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type QueueTopology, workQueue } from '../../charts/queue-topology.ts';
import { JobHarness } from '../support/job-harness.ts';

let harness: JobHarness;
const suffix = randomUUID().slice(0, 8);
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'));
});
afterEach(async () => {
  for (const user of ['publisher', 'consumer', 'scaler'])
    await harness.vhost.api('DELETE', `users/${user}-${suffix}`);
  await harness.close();
});

/** As it is rendered, with users of this test's own: users are the broker's, not a virtual host's. */
function document(password = 'first', retrySeconds = 0.02): QueueTopology {
  const passwordFiles = Object.fromEntries(
    ['publisher', 'consumer', 'scaler'].map((user) => [user, harness.fleet.file(user, `${password}\n`)]),
  );
  const topology = workQueue({ queue: 'jobs', retrySeconds, vhost: harness.vhost.name, passwordFiles });
  return { ...topology, users: topology.users.map((user) => ({ ...user, name: `${user.name}-${suffix}` })) };
}

const channelAs = async (user: string, password = 'first'): Promise<Channel & AsyncDisposable> => {
  const url = new URL(harness.vhost.amqpUrl);
  url.username = `${user}-${suffix}`;
  url.password = password;
  const connection = await connect(url.href);
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return Object.assign(channel, { [Symbol.asyncDispose]: () => connection.close() });
};

/** What the last run said it did. */
const declared = () => harness.of('topology declared').at(-1);

describe('declaring', () => {
  it('is idempotent: a second run changes nothing', async () => {
    expect(await harness.topology(document())).toBe(0);
    // The queue stands since the harness was opened; the users are new.
    expect(declared()?.created).toHaveLength(6);
    expect(await harness.topology(document())).toBe(0);
    expect(declared()).toMatchObject({ created: [], changed: [], unchanged: 16 });
  });

  it('changes what differs: a retry time by its policy, a password by its user', async () => {
    await harness.topology(document());
    expect(await harness.topology(document('second', 0.05))).toBe(0);
    expect(declared()).toMatchObject({
      created: [],
      changed: [
        'policy jobs.retry',
        ...['publisher', 'consumer', 'scaler'].map((name) => `user ${name}-${suffix}`),
      ],
    });
    await expect(channelAs('publisher', 'first')).rejects.toThrow('ACCESS_REFUSED');
    await using channel = await channelAs('publisher', 'second');
    expect(channel).toBeDefined();
    const policy = await (await harness.vhost.api('GET', `policies/${harness.vhost.name}/jobs.retry`)).json();
    expect(policy).toMatchObject({ definition: { 'message-ttl': 50 } });
    expect(JSON.stringify(harness.lines)).not.toContain('second');
  });

  it('does the rest and ends with 1 and every refusal when the broker refuses some of it', async () => {
    for (const queue of ['one', 'two'])
      await harness.vhost.api('PUT', `queues/${harness.vhost.name}/${queue}`, { durable: true });
    const { queues, ...rest } = document();
    const clashing = ['one', 'two', 'three'].map((name) => ({ name, durable: name === 'three' }));
    expect(await harness.topology({ ...rest, queues: [...queues, ...clashing] })).toBe(1);
    const refusals = harness.of('topology not declared')[0]?.refusals as string[];
    expect(refusals.map((refusal) => refusal.split(':')[0])).toEqual(['queue one', 'queue two']);
    expect(refusals[0]).toContain("inequivalent arg 'durable'");
    expect(await harness.count('three')).toBe(0);
  });
});

describe('what the broker refuses', () => {
  const fresh = async () => {
    for (const queue of ['jobs', 'jobs.retry', 'jobs.parked'])
      await harness.vhost.api('DELETE', `queues/${harness.vhost.name}/${queue}`);
  };
  const queues = async () =>
    (await (await harness.vhost.api('GET', `queues/${harness.vhost.name}`)).json()) as { name: string }[];
  const last = () => harness.of('topology not declared').at(-1);

  it('keeps the queues of a refused policy from being declared, and no others', async () => {
    await fresh();
    const { policies, ...rest } = document();
    const broken = policies.map((policy) =>
      policy.name === 'jobs.retry' ? { ...policy, definition: { 'message-ttl': -1 } } : policy,
    );
    expect(await harness.topology({ ...rest, policies: broken })).toBe(1);
    expect(last()?.refusals).toEqual([expect.stringMatching(/^policy jobs\.retry: .*message-ttl|-1/)]);
    expect(last()?.skipped).toEqual([
      'queue jobs.retry: depends on policy jobs.retry',
      'binding jobs -> jobs.retry by jobs.retry: depends on queue jobs.retry',
    ]);
    expect((await queues()).map(({ name }) => name).sort()).toEqual(['jobs', 'jobs.parked']);
  });

  it('keeps all queues of a refused exchange from being declared', async () => {
    await fresh();
    await harness.vhost.api('DELETE', `exchanges/${harness.vhost.name}/jobs`);
    await harness.vhost.api('PUT', `exchanges/${harness.vhost.name}/jobs`, { type: 'fanout', durable: true });
    expect(await harness.topology(document())).toBe(1);
    expect(last()?.refusals).toEqual([expect.stringMatching(/^exchange jobs: .*inequivalent arg 'type'/)]);
    expect(await queues()).toEqual([]);
  });
});

it('says on which queue another policy is in effect than the declared one', async () => {
  await harness.vhost.api('PUT', `policies/${harness.vhost.name}/operator`, {
    ...{ pattern: '^jobs$', 'apply-to': 'queues', priority: 10, definition: { 'max-length': 1000 } },
  });
  expect(await harness.topology(document())).toBe(0);
  expect(harness.of('policy not in effect')).toMatchObject([
    { queue: 'jobs', declared: 'jobs', inEffect: 'operator' },
  ]);
});

it('takes a pattern as the broker reads it', async () => {
  const { policies, ...rest } = document();
  const any = policies.map((policy) => ({
    ...policy,
    pattern: policy.pattern.replace('^jobs$', '(?i)^JOBS$'),
  }));
  expect(await harness.topology({ ...rest, policies: any })).toBe(0);
  // The listing shows a policy when the statistics of the queue are next collected.
  const queue = async () => (await harness.vhost.api('GET', `queues/${harness.vhost.name}/jobs`)).json();
  await expect.poll(queue).toMatchObject({ policy: 'jobs' });
});

it('changes nothing the second time on a virtual host whose queues are quorum queues', async () => {
  await harness.close();
  harness = await JobHarness.open(inject('broker'), 0.02, { defaultQueueType: 'quorum' });
  expect(await harness.topology(document())).toBe(0);
  expect(declared()).toMatchObject({ changed: [], unchanged: 10 });
});

describe('least privilege', () => {
  const refused = (act: Promise<unknown>) => expect(act).rejects.toThrow(/403|ACCESS.REFUSED/);

  it('lets the publisher publish to its exchange and do nothing else', async () => {
    await harness.topology(document());
    await using channel = await channelAs('publisher');
    channel.publish('jobs', 'jobs', Buffer.from('x'));
    await (channel as unknown as { waitForConfirms(): Promise<void> }).waitForConfirms();
    await refused(channel.get('jobs'));
    await using second = await channelAs('publisher');
    await refused(second.assertQueue('own'));
    await using third = await channelAs('publisher');
    await refused(published(third, '', 'jobs.parked'));
  });

  it('lets the consumer consume its queue, publish to its exchange and do nothing else', async () => {
    await harness.topology(document());
    await using channel = await channelAs('consumer');
    await channel.get('jobs');
    await published(channel, 'jobs', 'jobs.parked');
    await refused(published(channel, 'amq.direct', 'jobs'));
    await using second = await channelAs('consumer');
    await refused(second.get('jobs.parked'));
    await using third = await channelAs('consumer');
    await refused(third.deleteQueue('jobs'));
  });

  it('lets the scaler look at queues and do nothing else', async () => {
    await harness.topology(document());
    const authorization = `Basic ${Buffer.from(`scaler-${suffix}:first`).toString('base64')}`;
    const api = (path: string, init: RequestInit = {}) =>
      fetch(`${harness.vhost.broker.managementUrl}/api/${path}`, { ...init, headers: { authorization } });
    expect((await api(`queues/${harness.vhost.name}`)).status).toBe(200);
    expect((await api('users')).status).toBe(401);
    expect((await api(`policies/${harness.vhost.name}/jobs`, { method: 'DELETE' })).status).toBe(401);
    expect(
      (await api(`queues/${harness.vhost.name}/jobs`, { method: 'DELETE' })).status,
    ).toBeGreaterThanOrEqual(400);
    await using channel = await channelAs('scaler');
    await refused(channel.get('jobs'));
    expect(await harness.count()).toBe(0);
  });

  /** Resolves when the broker has taken it, rejects when it closes the channel instead. */
  function published(channel: Channel, exchange: string, routingKey: string): Promise<void> {
    const closed = new Promise<never>((_, reject) => channel.once('error', reject));
    channel.publish(exchange, routingKey, Buffer.from('x'));
    const confirmed = (channel as unknown as { waitForConfirms(): Promise<void> }).waitForConfirms();
    confirmed.catch(() => {});
    return Promise.race([closed, confirmed.catch(() => closed)]);
  }
});

describe('a broker that does not answer as it should', () => {
  it('is waited for until the deadline', async () => {
    const env = { MANAGEMENT_URL: 'http://127.0.0.1:1', DEADLINE_SECONDS: '1' };
    expect(await harness.topology(document(), env)).toBe(1);
    expect(harness.of('waiting for the broker').length).toBeGreaterThan(0);
    expect(harness.of('topology not declared')[0]?.error).toContain('within the deadline');
  });

  it('follows no redirect to another host: no password reaches it', async () => {
    const heard: string[] = [];
    const elsewhere = createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    const front = createServer((_, response) => void response.writeHead(307, { location }).end());
    await once(front.listen(0, '127.0.0.1'), 'listening');
    const MANAGEMENT_URL = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    try {
      expect(await harness.topology(document(), { MANAGEMENT_URL })).toBe(1);
    } finally {
      for (const server of [elsewhere, front]) server.close();
    }
    expect(heard).toEqual([]);
    expect(harness.of('topology not declared')[0]?.error).toContain('redirects (307)');
  });

  it('is not asked at a URL that hides a secret, which is not shown', async () => {
    const env = { MANAGEMENT_URL: 'http://admin:12#hunter2@127.0.0.1' };
    expect(await harness.topology(document(), env)).toBe(2);
    expect(JSON.stringify(harness.lines)).not.toContain('hunter2');
  });

  it('ends it at once when it refuses the password, which is not shown', async () => {
    expect(await harness.topology(document(), { MANAGEMENT_PASSWORD: 'sesame-sesame' })).toBe(1);
    expect(String(harness.of('topology not declared')[0]?.refusals)).toContain('401');
    expect(JSON.stringify(harness.lines)).not.toContain('sesame-sesame');
  });
});

it('ends with 2 and every fault of its file', async () => {
  expect(await harness.topology({ ...document(), vhost: '', queues: 'jobs' })).toBe(2);
  const faults = harness.of('invalid configuration')[0]?.faults as string[];
  expect(faults.map((fault) => fault.split(':')[0])).toEqual(["'vhost'", "'queues'"]);
});
