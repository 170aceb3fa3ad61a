import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRun } from './fault-run.ts';
import { signalProcess } from './marked.ts';
import type { Scenario } from './scenario.ts';

type Way = 'publishing' | 'consuming' | 'management';
type Service = 'publisher' | 'consumer' | 'scaler';

/** The publisher is in the middle of its run. */
const midPublishing = { slowPublisher: true, when: (run: FaultRun) => run.untilPublished(25) } as const;

const slow = (way: Way): Partial<Scenario> => (way === 'publishing' ? midPublishing : {});

/** Faults of the network on one way; heartbeats are of 15 s, so 45 s are more than a connection bears. */
const network = (way: Way): Scenario[] => [
  {
    ...{ name: `${way}: stalled for 10 s`, ...slow(way), lasts: 10 },
    inject: (run) => run[way].stall(),
    heal: (run) => run[way].pass(),
  },
  {
    ...{ name: `${way}: swallowed for 45 s`, ...slow(way), lasts: 45 },
    inject: (run) => run[way].swallow(),
    heal: (run) => run[way].pass(),
  },
  {
    ...{ name: `${way}: reset`, ...slow(way), lasts: 5 },
    inject: (run) => {
      run[way].refuse();
      run[way].reset();
    },
    heal: (run) => run[way].pass(),
  },
  ...(way === 'management' ? [] : halfClosed(way)),
  {
    ...{ name: `${way}: 1 s late for 10 s`, ...slow(way), lasts: 10 },
    inject: (run) => run[way].delay(1000),
    heal: (run) => run[way].pass(),
  },
];

const halfClosed = (way: Way): Scenario[] =>
  (['up', 'down'] as const).map((direction) => ({
    ...{ name: `${way}: half closed ${direction}`, ...slow(way) },
    inject: (run) => run[way].halfClose(direction),
  }));

const stopped = (service: Service, seconds: number): Scenario => ({
  ...{ name: `${service}: SIGSTOP for ${seconds} s`, lasts: seconds },
  ...(service === 'publisher' && midPublishing),
  inject: (run) => run.signal(service, 'SIGSTOP'),
  heal: (run) => run.signal(service, 'SIGCONT'),
});

const brokerStopped = (seconds: number): Scenario => ({
  ...{ name: `broker: SIGSTOP for ${seconds} s`, lasts: seconds },
  inject: ({ broker }) => void signalProcess(broker.pid, 'SIGSTOP'),
  heal: ({ broker }) => void signalProcess(broker.pid, 'SIGCONT'),
});

/** A queue has one policy at a time: the limits join those of the topology. */
async function limitQueue(run: FaultRun, limits: Readonly<Record<string, unknown>>): Promise<void> {
  const policies = `policies/${encodeURIComponent(run.vhost.name)}`;
  const found = await run.vhost.api('GET', `${policies}/jobs`);
  const { definition = {} } = found.ok ? ((await found.json()) as { definition?: object }) : {};
  const limited = { pattern: '^jobs$', 'apply-to': 'queues', priority: 9 };
  const answer = await run.vhost.api('PUT', `${policies}/limits`, {
    ...limited,
    definition: { ...definition, ...limits },
  });
  if (!answer.ok) throw new Error(`the broker refused the limits with ${answer.status}`);
}

/** A limit below 0 is none. */
async function limitConnections(run: FaultRun, value: number): Promise<void> {
  const limit = `vhost-limits/${encodeURIComponent(run.vhost.name)}/max-connections`;
  const answer = await run.vhost.api('PUT', limit, { value });
  if (!answer.ok) throw new Error(`the broker refused the limit with ${answer.status}`);
}

/** One fault of each kind that needs no broker of its own, one after the other: the short form. */
export const storm: Scenario = {
  ...{ name: 'a storm', jobs: 150, slowPublisher: true },
  when: (run) => run.untilDone(3),
  inject: async (run) => {
    for (const way of ['publishing', 'consuming', 'management'] as const) {
      run[way].reset();
      run[way].stall();
    }
    run.signal('consumer', 'SIGSTOP', 1);
    await limitConnections(run, 1);
    await sleep(1000);
    await limitConnections(run, -1);
    run.signal('consumer', 'SIGCONT');
    for (const way of ['publishing', 'consuming', 'management'] as const) run[way].pass();
    run.consuming.halfClose('up');
    run.publishing.halfClose('down');
    run.signal('consumer', 'SIGKILL', 1);
    run.signal('scaler', 'SIGKILL');
  },
  heal: (run) => run.startScaler(),
};

/** Every fault. Each must end with nothing lost, nothing stuck, and back at 0. */
export const scenarios: readonly Scenario[] = [
  { name: 'none', inject: () => {} },
  ...network('publishing'),
  ...network('consuming'),
  ...network('management'),
  {
    ...{ name: 'publisher: SIGKILL', ...midPublishing },
    inject: (run) => run.signal('publisher', 'SIGKILL'),
  },
  stopped('publisher', 30),
  stopped('publisher', 75),
  { name: 'consumer: SIGKILL of one', inject: (run) => run.signal('consumer', 'SIGKILL', 1) },
  { name: 'consumer: SIGKILL of all', inject: (run) => run.signal('consumer', 'SIGKILL') },
  stopped('consumer', 30),
  stopped('consumer', 75),
  {
    ...{ name: 'scaler: SIGKILL', lasts: 2 },
    inject: (run) => run.signal('scaler', 'SIGKILL'),
    heal: (run) => run.startScaler(),
  },
  stopped('scaler', 30),
  stopped('scaler', 75),
  {
    ...{ name: 'broker: SIGKILL', lasts: 3 },
    inject: ({ broker }) => broker.kill9(),
    heal: ({ broker }) => broker.restart(),
  },
  { name: 'broker: graceful restart', inject: ({ broker }) => broker.restart() },
  brokerStopped(30),
  brokerStopped(75),
  {
    ...{ name: 'broker: memory alarm for 10 s', ...midPublishing, lasts: 10 },
    inject: async ({ broker }) =>
      void (await broker.evaluate('vm_memory_monitor:set_vm_memory_high_watermark(0.00001)')),
    heal: async ({ broker }) =>
      void (await broker.evaluate('vm_memory_monitor:set_vm_memory_high_watermark(0.4)')),
  },
  {
    ...{ name: 'broker: connection limit for 10 s', lasts: 10 },
    before: (run) => limitConnections(run, 2),
    when: () => sleep(100),
    inject: () => {},
    heal: (run) => limitConnections(run, -1),
  },
  {
    name: 'queue: max-length 40, reject-publish',
    before: (run) => limitQueue(run, { 'max-length': 40, overflow: 'reject-publish' }),
    inject: () => {},
  },
  {
    ...{ name: 'queue: max-length 40, drop-head', brokerDrops: true },
    before: (run) => limitQueue(run, { 'max-length': 40, overflow: 'drop-head' }),
    inject: () => {},
  },
];
