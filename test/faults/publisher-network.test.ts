import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { idsOf } from '../integration/jobs.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

let harness: JobHarness;
let proxy: TcpProxy;
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'));
  proxy = await TcpProxy.to(harness.vhost.amqpUrl);
});
afterEach(async () => {
  await proxy.close();
  await harness.close();
});

const publisher = (env: Readonly<Record<string, string>>) =>
  harness.startPublisher({ AMQP_URL: proxy.through(harness.vhost.amqpUrl), ...env });
/** What the run's last line says. */
const lastLine = () => harness.lines.findLast(({ msg }) => msg.startsWith('run '));

/** Every id that is in the queue, in order. */
async function idsOnQueue(): Promise<string[]> {
  const ids: string[] = [];
  for (let message = await harness.take(); message; message = await harness.take())
    ids.push(String(message.properties.messageId));
  return ids;
}

/** The run says its end in time, and the process ends with it: closing what does not answer takes 2 s. */
async function expectEnd(run: ReturnType<typeof publisher>, seconds: number): Promise<void> {
  const { code, closingSeconds } = await harness.failed(run);
  expect(code).toBe(1);
  expect(Number(lastLine()?.seconds)).toBeLessThan(seconds);
  expect(closingSeconds).toBeLessThan(patient(5));
}

describe('a run ends at its deadline', () => {
  it('when the network swallows everything in the middle of it', async () => {
    const run = publisher({ JOBS: '200000', DEADLINE_SECONDS: '6' });
    await eventually('jobs flow', async () => (await harness.count()) > 100);
    proxy.swallow();
    await expectEnd(run, 7.5);
    expect(lastLine()).toMatchObject({ msg: 'run failed', error: 'stopped by DEADLINE_SECONDS' });
  });

  it('when nothing answers at its port', async () => {
    proxy.swallow('down');
    await expectEnd(publisher({ JOBS: '10', DEADLINE_SECONDS: '2' }), 3.5);
    expect(String(lastLine()?.error)).toMatch(
      /^stopped by DEADLINE_SECONDS without a connection; before that: connecting to .* was not answered$/,
    );
  });

  it('when what answers at its port speaks HTTP', async () => {
    const AMQP_URL = harness.vhost.broker.managementUrl.replace('http', 'amqp');
    await expectEnd(harness.startPublisher({ JOBS: '10', DEADLINE_SECONDS: '2', AMQP_URL }), 3.5);
  });

  it('when the broker does not open a channel', async () => {
    // The handshake has passed; nothing that follows does.
    proxy.delay(100);
    const run = publisher({ JOBS: '10', DEADLINE_SECONDS: '4' });
    await harness.untilSaid('connected');
    proxy.swallow();
    await expectEnd(run, 5.5);
  });
});

it('is confirmed when the link stalls after the last confirm and then breaks', async () => {
  proxy.delay(500);
  const { ended } = publisher({ JOBS: '10', DEADLINE_SECONDS: '30' });
  await eventually('the broker holds every job', async () => (await harness.count()) === 10);
  // The last confirm is on its way; the close will not arrive.
  proxy.swallow('up');
  await eventually('the close is unanswered', async () => lastLine() !== undefined || proxy.open === 0, 60);
  proxy.reset();
  expect(await ended).toBe(0);
  expect(lastLine()).toMatchObject({ msg: 'run confirmed', confirmed: 10 });
  expect(Number(lastLine()?.seconds)).toBeLessThan(20);
});

it('publishes again only what a full queue refused, while others take jobs out of it', async () => {
  await harness.limit(150);
  const { ended } = publisher({ RUN_ID: 'full', JOBS: '500', WINDOW: '256', DEADLINE_SECONDS: '60' });
  await harness.untilSaid('jobs refused');
  const taken: string[] = [];
  let running = true;
  void ended.then(() => {
    running = false;
  });
  await eventually(
    'the run ends',
    async () => {
      taken.push(...(await idsOnQueue()));
      return !running;
    },
    60,
  );
  taken.push(...(await idsOnQueue()));
  expect(await ended).toBe(0);
  expect(taken.sort()).toEqual(idsOf('full', 500).sort());
  expect(lastLine()).toMatchObject({ msg: 'run confirmed', confirmed: 500 });
});

describe('a password that is rotated while the connection breaks', () => {
  const user = `rotated-${randomUUID().slice(0, 8)}`;
  const setPassword = async (password: string) => {
    expect((await harness.vhost.api('PUT', `users/${user}`, { password, tags: '' })).ok).toBe(true);
  };
  beforeEach(async () => {
    await setPassword('old-sesame');
    const all = { configure: '.*', write: '.*', read: '.*' };
    await harness.vhost.api('PUT', `permissions/${harness.vhost.name}/${user}`, all);
  });
  afterEach(() => harness.vhost.api('DELETE', `users/${user}`));

  it('is read from its file again, by publisher and consumer', async () => {
    const env = {
      AMQP_URL: proxy.through(harness.vhost.amqpUrl),
      AMQP_USERNAME: user,
      AMQP_PASSWORD_FILE: harness.fleet.file('password', 'old-sesame\n'),
    };
    proxy.delay(20);
    harness.startConsumer({ ...env, PREFETCH: '20' });
    const { ended } = publisher({ ...env, JOBS: '1000', WINDOW: '10', DEADLINE_SECONDS: '60' });
    await harness.untilSaid('job processed', 50);
    await setPassword('new-sesame');
    proxy.reset();
    await eventually('both are refused', async () => {
      const refused = harness
        .of('connection lost')
        .filter(({ error }) => String(error).includes('ACCESS_REFUSED'));
      return new Set(refused.map(({ service }) => service)).size === 2;
    });
    harness.fleet.file('password', 'new-sesame\n');
    expect(await ended).toBe(0);
    await eventually('every job is done', async () => new Set(harness.ended('succeeded')).size === 1000, 60);
    expect(JSON.stringify(harness.lines)).not.toContain('sesame');
  });
});
