import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { accepting } from '../../cli/local/listening.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { eventually } from '../support/job-harness.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';
import { Load, Replica } from './api-harness.ts';

const replicas: Replica[] = [];
afterEach(() => Promise.all(replicas.splice(0).map((replica) => replica.remove())));

async function start(env: Readonly<Record<string, string>> = {}): Promise<Replica> {
  const replica = await Replica.start(env);
  replicas.push(replica);
  return replica;
}

const AT_ONCE = { DRAIN_DELAY_SECONDS: '0', LINGER_SECONDS: '0' };
/** A client on a busy machine stands still for as long: its next request finds no connection that was closed meanwhile. */
const PATIENT = { DRAIN_DELAY_SECONDS: '1', LINGER_SECONDS: String(patient(1)) };

describe('a rollout under constant load', () => {
  it('fails no request, and what the old replicas did has been said', async () => {
    const old = [await start(PATIENT), await start(PATIENT)];
    const load = new Load(old, 20);
    for (const replica of old) {
      await until('it is under load', () => replica.answered > 200, 30);
      const next = await start(PATIENT);
      load.add(next);
      await until('the next is under load', () => next.answered > 50, 30);
      expect(await replica.stop()).toBe(0);
    }
    await load.end();
    expect(load.failures).toEqual([]);
    for (const replica of old) expect(replica.of('query received')).toHaveLength(replica.answered);
  });

  it('moves also a client on that sees no readiness and keeps its connection', async () => {
    const replica = await start(PATIENT);
    const client = async () => {
      let connection: unknown = 'keep-alive';
      while (connection === 'keep-alive')
        connection = (await replica.ask('/api?held=yes')).headers.connection;
      return connection;
    };
    const clients = Promise.allSettled(Array.from({ length: 10 }, client));
    await until('they are served', () => replica.of('query received').length > 100, 30);
    expect(await replica.stop()).toBe(0);
    expect(await clients).toEqual(
      Array.from({ length: 10 }, () => ({ status: 'fulfilled', value: 'close' })),
    );
  });
});

describe('on SIGTERM', () => {
  it('is unready at once and serves on', async () => {
    const replica = await start({ DRAIN_DELAY_SECONDS: '30' });
    expect((await replica.ask('/readyz')).status).toBe(200);
    void replica.stop();
    await until('it stops', () => replica.of('stopping').length > 0, 10);
    expect((await replica.ask('/readyz')).status).toBe(503);
    expect(await replica.ask('/api')).toMatchObject({ status: 200, headers: { connection: 'keep-alive' } });
    replica.process.child.kill('SIGKILL');
  });

  it('finishes the request in flight, whose answer closes the connection, and ends with 0', async () => {
    const replica = await start(AT_ONCE);
    const socket = connect(replica.port, '127.0.0.1');
    socket.write(
      'POST /api?slow=yes HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\nab',
    );
    // 100 Continue: the request is in flight.
    await once(socket, 'data');
    const ended = replica.stop();
    await eventually('it takes no more connections', async () => !(await accepting(replica.port)));
    socket.write('cd');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK\r\n(?=.*connection: close).*\{"slow":"yes"\}$/is);
    expect(await ended).toBe(0);
    expect(replica.of('query received')).toMatchObject([{ query: { slow: 'yes' } }]);
  });

  it('ends with 1 when the request in flight outlasts the deadline', async () => {
    const replica = await start({ ...AT_ONCE, STOP_DEADLINE_SECONDS: '0.2' });
    const socket = connect(replica.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /api HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\nab');
    await once(socket, 'data');
    expect(await replica.stop()).toBe(1);
    expect(replica.of('not stopped within the deadline')).toHaveLength(1);
  });

  it('closes the connections that are idle, and does not wait for them', async () => {
    const replica = await start(AT_ONCE);
    await replica.ask('/api');
    const idle = connect(replica.port, '127.0.0.1');
    await once(idle, 'connect');
    expect(await replica.stop()).toBe(0);
    expect(await text(idle)).toBe('');
  });
});

/** For five seconds: far more than what a busy machine does to it, which is a delay too. */
async function heldUp(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  await sleep(5000);
  child.kill('SIGCONT');
}

it('sheds while its event loop is late, and stops as soon as it is not', async () => {
  const replica = await start({ ...AT_ONCE, MAX_LOOP_DELAY_SECONDS: '0.08' });
  // Its loop may not be measured yet when it is held up for the first time.
  const sheds = async (): Promise<boolean> => {
    await heldUp(replica.process.child);
    const said = until('it sheds', () => replica.of('shedding').length > 0, 2);
    return said.then(
      () => true,
      () => false,
    );
  };
  await eventually('it sheds when it is held up', sheds, 30);
  await until('it sheds no longer', () => replica.of('not shedding').length > 0, 60);
  expect(Number(replica.of('shedding')[0]?.delaySeconds)).toBeGreaterThan(0.08);
});

it('reports every fault of its configuration at once and ends with 2', async () => {
  const lines: unknown[] = [];
  const fleet = new ServiceProcesses((line) => void lines.push(line));
  expect(await fleet.run('api', { MAX_URL_BYTES: '1', DRAIN_DELAY_SECONDS: 'soon' })).toBe(2);
  await fleet.stop();
  expect(lines).toMatchObject([
    {
      faults: [
        "'MAX_URL_BYTES' (1) must be an integer from 64 to 65536",
        "'DRAIN_DELAY_SECONDS' (soon) must be a number of seconds from 0 to 300",
      ],
    },
  ]);
});
