import { connect } from 'amqplib';

/**
 * A consumer that does what each job says, one at a time, and publishes to the queue `waits` how long it had waited.
 * argv is the AMQP URL. On SIGTERM it finishes the job in flight.
 */
const connection = await connect(process.argv[2] ?? '');
const channel = await connection.createConfirmChannel();
await channel.prefetch(1);
let inHand = 0;
let stopping = false;

async function end(): Promise<void> {
  if (!stopping || inHand > 0) return;
  await channel.waitForConfirms();
  await connection.close();
  process.exit(0);
}

const { consumerTag } = await channel.consume('jobs', (message) => {
  if (message === null) return;
  inHand += 1;
  const { serviceSeconds, begun, publishedAt } = JSON.parse(message.content.toString());
  const wait = {
    publishedAt: (publishedAt - begun) / 1000,
    waitSeconds: (Date.now() - publishedAt) / 1000,
  };
  setTimeout(() => {
    channel.sendToQueue('waits', Buffer.from(JSON.stringify(wait)));
    channel.ack(message);
    inHand -= 1;
    void end();
  }, 1000 * serviceSeconds);
});
process.on('SIGTERM', () => {
  stopping = true;
  void channel.cancel(consumerTag).then(end);
});
