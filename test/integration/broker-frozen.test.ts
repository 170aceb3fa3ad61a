import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { brokerProbes } from '../../charts/broker.ts';
import { flavorOf } from '../../charts/broker-flavors.ts';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';

// A broker of its own: it is frozen.
let broker: LocalBroker;
beforeAll(async () => {
  broker = await startRabbitMQ();
});
afterAll(async () => {
  signal('SIGCONT');
  await broker.stop();
});

/** To the whole group: the broker's process is a child of the script that starts it. */
const signal = (name: NodeJS.Signals) => process.kill(-broker.pid, name);

const { readinessProbe, livenessProbe } = brokerProbes(flavorOf('rabbitmq', false));
type Probe = typeof readinessProbe;

/** As the kubelet: no credentials, an answer in time, 2xx or 3xx. */
async function succeeds({ httpGet, timeoutSeconds }: Probe): Promise<boolean> {
  const base = { management: broker.managementUrl, metrics: broker.metricsUrl }[String(httpGet.port.value)];
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const { status } = await fetch(`${base}${httpGet.path}`, { redirect: 'manual', signal });
    return status >= 200 && status < 400;
  } catch {
    return false;
  }
}

async function takesConnections(): Promise<boolean> {
  const { hostname, port } = new URL(broker.amqpUrl);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

it('a frozen broker takes connections still, and its probes fail until it goes on', async () => {
  for (const probe of [readinessProbe, livenessProbe]) expect(await succeeds(probe)).toBe(true);
  signal('SIGSTOP');
  try {
    expect(await takesConnections()).toBe(true);
    // A thread that runs on another core answers once more before it stops.
    await vi.waitFor(
      async () =>
        expect(await Promise.all([readinessProbe, livenessProbe].map(succeeds))).toEqual([false, false]),
      { timeout: 30_000 },
    );
  } finally {
    signal('SIGCONT');
  }
  await vi.waitFor(async () => expect(await succeeds(readinessProbe)).toBe(true), { timeout: 30_000 });
});
