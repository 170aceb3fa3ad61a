import { type ConsumeMessage, connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { idsOf } from '../integration/jobs.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';
import { type BrokerCoordinates, startBroker } from '../support/shared-broker.ts';

let harness: JobHarness;
afterEach(() => harness.close());

const on = async (broker: BrokerCoordinates): Promise<void> => {
  harness = await JobHarness.open(broker);
};
/** What the run's last line says. */
const failure = (): string => String(harness.of('run failed').at(-1)?.error);

/** The first is long enough on a quiet machine, and one of the others on each machine. */
const DEADLINES = [1, 2, 4, 8, 16, 32, 64];

/**
 * Runs a publisher that cannot end well, by the shortest deadline at which its last line gives the reason on this
 * machine: a busy one has not connected by a short deadline, or not yet published.
 * @returns that deadline, seconds
 */
async function failsSaying(reason: RegExp, env: Readonly<Record<string, string>>): Promise<number> {
  for (const seconds of DEADLINES) {
    expect(await harness.publish({ ...env, DEADLINE_SECONDS: String(seconds) })).toBe(1);
    if (reason.test(failure())) return seconds;
  }
  throw new Error(`by a deadline of ${DEADLINES.at(-1)} s the last line is '${failure()}', not ${reason}`);
}

/** What the run's last line says of how long it took. */
const runSeconds = (): number => Number(harness.of('run failed').at(-1)?.seconds);

/** Every id on the queue, on a connection of its own: the harness's went with the broker. */
async function idsOnQueue(): Promise<Set<string>> {
  const connection = await connect(harness.vhost.amqpUrl);
  const channel = await connection.createChannel();
  const ids = new Set<string>();
  let { messageCount: left } = await channel.checkQueue('jobs');
  const { promise, resolve } = Promise.withResolvers<void>();
  const read = (message: ConsumeMessage | null) => {
    ids.add(String(message?.properties.messageId));
    left -= 1;
    if (left === 0) resolve();
  };
  await channel.consume('jobs', read, { noAck: true });
  await promise;
  await connection.close();
  return ids;
}

describe('a run that cannot be confirmed', () => {
  it('ends 1 at once when no queue takes its jobs, and names the address', async () => {
    await on(inject('broker'));
    expect(await harness.publish({ JOBS: '10', ROUTING_KEY: 'nowhere', DEADLINE_SECONDS: '60' })).toBe(1);
    expect(harness.of('run failed')).toMatchObject([{ confirmed: 0, returned: 10 }]);
    expect(Number(harness.of('run failed')[0]?.seconds)).toBeLessThan(30);
    expect(failure()).toBe("no queue takes 'nowhere' of exchange 'jobs'");
  });

  it('ends 1 by its deadline when the exchange is missing, and names it in its last line', async () => {
    await on(inject('broker'));
    const reason = /^stopped by DEADLINE_SECONDS.*; before that: .*no exchange 'absent'/;
    const deadline = await failsSaying(reason, { JOBS: '10', EXCHANGE: 'absent' });
    expect(runSeconds()).toBeLessThan(deadline + 4);
  });

  it('ends 1 by its deadline when the queue takes no more, and counts only what the queue took', async () => {
    await on(inject('broker'));
    await harness.limit(5);
    const reason = /^stopped by DEADLINE_SECONDS while the broker refused jobs \(message nacked/;
    await failsSaying(reason, { JOBS: '50' });
    expect(Number(harness.of('run failed').at(-1)?.confirmed)).toBeLessThanOrEqual(await harness.count());
  });

  it('ends 1 on SIGTERM while it waits for the broker, and says what it waited for', async () => {
    await on(inject('broker'));
    const { child, ended } = harness.startPublisher({ AMQP_URL: 'amqp://127.0.0.1:1' });
    await harness.untilSaid('connection lost', 2);
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(failure()).toMatch(/^stopped by SIGTERM without a connection; before that: connect ECONNREFUSED/);
  });
});

describe('a broker in trouble', () => {
  // Of their own: these tests block and stop it.
  let broker: LocalBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker?.stop());

  it('that blocks publishers until the deadline is named as the reason', async () => {
    await on(broker);
    await broker.evaluate('vm_memory_monitor:set_vm_memory_high_watermark(0.000001)');
    await harness.untilAlarm(true);
    const reason =
      /^stopped by DEADLINE_SECONDS while the broker blocked publishers \(memory or disk alarm\)$/;
    const deadline = await failsSaying(reason, { JOBS: '1000' });
    await broker.evaluate('vm_memory_monitor:set_vm_memory_high_watermark(0.4)');
    await harness.untilAlarm(false);
    expect(runSeconds()).toBeLessThan(deadline + patient(1.5));
  });

  it('that is frozen in the middle of a run delays no publisher beyond the deadline', async () => {
    await on(broker);
    const deadline = patient(6);
    const run = harness.startPublisher({ JOBS: '200000', DEADLINE_SECONDS: String(deadline) });
    await eventually('jobs flow', async () => (await harness.count()) > 100);
    process.kill(broker.pid, 'SIGSTOP');
    try {
      const { code, closingSeconds } = await harness.failed(run);
      expect(code).toBe(1);
      expect(closingSeconds).toBeLessThan(patient(5));
    } finally {
      process.kill(broker.pid, 'SIGCONT');
    }
    // Within a deadline that is long, its heartbeat finds the broker gone, and the run says so too.
    expect(failure()).toMatch(/^stopped by DEADLINE_SECONDS(?: without a connection;.*)?$/);
    expect(runSeconds()).toBeLessThan(deadline + patient(1.5));
  });

  it('that is restarted in the middle of a run holds every id when the run ends 0', async () => {
    await on(broker);
    const jobs = 4000;
    // A busy machine takes minutes to restart a broker.
    const env = { JOBS: String(jobs), WINDOW: '2', RUN_ID: 'run', DEADLINE_SECONDS: '280' };
    const { ended } = harness.startPublisher(env);
    await eventually('jobs flow', async () => (await harness.count()) > 200);
    await broker.restart();
    expect(harness.of('run confirmed')).toEqual([]);
    expect(await ended).toBe(0);
    expect(harness.of('connection lost').length).toBeGreaterThan(0);
    expect(harness.of('run confirmed')).toMatchObject([{ confirmed: jobs, returned: 0 }]);
    expect(await idsOnQueue()).toEqual(new Set(idsOf('run', jobs)));
  });
});
