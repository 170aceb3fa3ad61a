import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, connect } from 'amqplib';

/**
 * A consumer for the scaler's tests, one job at a time: argv is AMQP URL, queue, milliseconds a job. On
 * SIGTERM it finishes the job in flight. One line on stdout for each thing that happens to it.
 */
const [, , url = '', queue = '', milliseconds = '0'] = process.argv;
const say = (what: string) => process.stdout.write(`${process.env.POD_NAME} ${what}\n`);
const WAIT_MS = 200;
const LONGEST_WAIT_MS = 240_000;

/** Waits for a broker that is away: started again and again instead, it takes the core that the broker starts on. */
async function connected(): Promise<ChannelModel> {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  for (;;)
    try {
      return await connect(url);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(WAIT_MS);
    }
}

const connection = await connected();
connection.on('error', (error: Error) => say(`lost ${error.message}`));
connection.on('close', () => process.exit(1));
const channel = await connection.createChannel();
await channel.prefetch(1);
let inHand = 0;
let stopping = false;

async function end(): Promise<void> {
  if (!stopping || inHand > 0) return;
  connection.removeAllListeners('close');
  await channel.close();
  await connection.close();
  say('stopped');
  process.exit(0);
}

const { consumerTag } = await channel.consume(queue, (message) => {
  if (message === null) return;
  inHand += 1;
  setTimeout(() => {
    channel.ack(message);
    inHand -= 1;
    say(`did ${message.content.toString()}${message.fields.redelivered ? ' again' : ''}`);
    void end();
  }, Number(milliseconds));
});
process.on('SIGTERM', () => {
  stopping = true;
  void channel.cancel(consumerTag).then(end);
});
say('started');
