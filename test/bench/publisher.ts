import { encodeJob, jobId } from '@sluice/runtime';
import type { ChannelModel } from 'amqplib';
import { Progress } from '../../services/publisher/progress.ts';
import { publish } from '../../services/publisher/publish.ts';
import { emptyQueue, QUEUE, withBroker } from './broker.ts';
import { type Figure, interleaved, round } from './figures.ts';

const JOBS = 20_000;
const WINDOW = 256;
const PAIRS = 10;
const MIN_RATIO = 0.95;

/** Confirmed messages a second: the publisher against bare amqplib with the same window and messages. */
export async function publisherThroughput(): Promise<Figure[]> {
  return withBroker(async (connection) => {
    const rate = (run: (connection: ChannelModel) => Promise<void>) => async () => {
      await emptyQueue(connection);
      const start = performance.now();
      await run(connection);
      return JOBS / ((performance.now() - start) / 1000);
    };
    const { a, ratio, spread } = await interleaved(PAIRS, rate(ours), rate(raw));
    const target = `>= ${MIN_RATIO} x bare amqplib`;
    return [
      {
        bench: 'publisher-throughput',
        value: Math.round(a),
        unit: 'jobs/s',
        ratio: round(ratio),
        spread,
        target,
        ok: ratio >= MIN_RATIO,
      },
    ];
  });
}

const ours = (connection: ChannelModel): Promise<void> =>
  publish(connection, {
    runId: 'bench',
    exchange: QUEUE,
    routingKey: QUEUE,
    window: WINDOW,
    progress: new Progress(JOBS),
    signal: new AbortController().signal,
  });

/** The same messages: what is compared is the work around them. */
async function raw(connection: ChannelModel): Promise<void> {
  const channel = await connection.createConfirmChannel();
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let confirmed = 0;
    const fill = () => {
      while (sent < JOBS && sent - confirmed < WINDOW) {
        const now = Date.now();
        const options = {
          contentType: 'application/json',
          persistent: true,
          mandatory: true,
          messageId: jobId('bench', sent),
          timestamp: Math.floor(now / 1000),
        };
        channel.publish(QUEUE, QUEUE, encodeJob('bench', sent, now), options, settled);
        sent += 1;
      }
    };
    const settled = (error: unknown) => {
      if (error) return reject(error);
      confirmed += 1;
      if (confirmed === JOBS) resolve();
      else fill();
    };
    fill();
  });
  await channel.close();
}
