import { encodeJob } from '@sluice/runtime';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { pino } from 'pino';
import type { HandLike } from '../../services/consumer/attempts.ts';
import { Fates } from '../../services/consumer/fates.ts';
import type { JobMetrics } from '../../services/consumer/metrics.ts';
import { Worker } from '../../services/consumer/worker.ts';
import { emptyQueue, QUEUE, withBroker } from './broker.ts';
import { type Figure, interleaved, round } from './figures.ts';

const JOBS = 10_000;
const PAIRS = 12;
const MAX_RATIO = 1.05;
const noMetrics: JobMetrics = {
  ...{ started() {}, ended() {}, waited() {}, finished() {}, parked() {}, redelivered() {} },
};

type OnMessage = (channel: Channel, message: ConsumeMessage, done: () => void) => void;

/** CPU time a message at prefetch 1: the consumer without metrics and work against bare amqplib. */
export async function consumerOverhead(): Promise<Figure[]> {
  return withBroker(async (connection) => {
    const cost = (onMessage: OnMessage) => async () => {
      await emptyQueue(connection);
      await fillQueue(connection);
      return cpuMicroseconds(connection, onMessage);
    };
    const { a, ratio, spread } = await interleaved(PAIRS, cost(ours()), cost(raw));
    const target = `<= ${MAX_RATIO} x bare amqplib`;
    return [
      {
        bench: 'consumer-overhead',
        value: round(a),
        unit: 'us CPU/job',
        ratio: round(ratio),
        spread,
        target,
        ok: ratio <= MAX_RATIO,
      },
    ];
  });
}

function ours(): OnMessage {
  const unexpected = () => Promise.reject(new Error('nothing is published again here'));
  const elsewhere = { exchange: QUEUE, routingKey: 'elsewhere' };
  const fates = new Fates({ maxAttempts: 5, work: elsewhere, retry: elsewhere, parking: elsewhere });
  const worker = new Worker({
    ...{ queue: QUEUE, maxBodyBytes: 64 * 1024, fates, republisher: { republish: unexpected } },
    handle: async () => {},
    metrics: noMetrics,
    log: pino({ level: 'silent' }),
  });
  const gone = new AbortController().signal;
  const hold = () => () => {};
  let hand: (HandLike & { readonly channel: Channel }) | undefined;
  return (channel, message, done) => {
    if (hand?.channel !== channel) hand = { channel, gone, hold, ack: (taken) => channel.ack(taken) };
    void worker.work(message, hand).then(done);
  };
}

/** The least a consumer does: read the body, acknowledge. */
const raw: OnMessage = (channel, message, done) => {
  JSON.parse(message.content.toString());
  channel.ack(message);
  done();
};

async function fillQueue(connection: ChannelModel): Promise<void> {
  const channel = await connection.createConfirmChannel();
  for (let index = 0; index < JOBS; index += 1)
    channel.publish(QUEUE, QUEUE, encodeJob('bench', index, Date.now()), { messageId: `bench-${index}` });
  await channel.waitForConfirms();
  await channel.close();
}

async function cpuMicroseconds(connection: ChannelModel, onMessage: OnMessage): Promise<number> {
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  let done = 0;
  const before = process.cpuUsage();
  await channel.consume(QUEUE, (message) => {
    if (message === null) return;
    onMessage(channel, message, () => {
      done += 1;
      if (done === JOBS) resolve();
    });
  });
  await promise;
  const { user, system } = process.cpuUsage(before);
  await channel.close();
  return (user + system) / JOBS;
}
