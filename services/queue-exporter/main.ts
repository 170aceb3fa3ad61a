import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, runMain, withTimeout } from '@sluice/runtime';
import { connectRedis } from '@sluice/runtime/redis';
import { environment } from './config.ts';
import { Durations } from './durations.ts';
import { queueMetrics } from './metrics.ts';
import { countQueue, type FoundQueue, findQueues, type QueueCounts } from './queues.ts';

/** How long Redis may take for one round, milliseconds. */
const ROUND_MS = 10_000;

const namesOf = (queues: readonly FoundQueue[]): readonly string[] => queues.map(({ name }) => name);

await runMain({
  service: 'queue-exporter',
  schema: environment,
  stopSeconds: () => 5,
  run: async ({ config, log, registry, stop, serve }) => {
    const redis = connectRedis(config, log);
    stop.onStop('redis', () => redis.disconnect());
    const metrics = queueMetrics(registry);
    const durations = new Durations();
    let queues: readonly FoundQueue[] = [];
    let discoverAt = 0;
    const round = async (): Promise<void> => {
      // A command would wait for the connection, and its answer would be of then.
      if (redis.status !== 'ready') throw new Error('redis not connected');
      if (performance.now() >= discoverAt) {
        const found = await findQueues(redis);
        if (namesOf(found).join() !== namesOf(queues).join())
          log.info({ queues: namesOf(found) }, 'queues found');
        queues = found;
        discoverAt = performance.now() + config.DISCOVERY_SECONDS * 1000;
      }
      const counts = new Map<FoundQueue, QueueCounts>();
      for (const queue of queues) counts.set(queue, await countQueue(redis, queue, Date.now()));
      metrics.ended(await durations.read(redis, queues));
      metrics.counted(counts);
    };
    await serve();
    while (!stop.signal.aborted) {
      try {
        await withTimeout(round(), ROUND_MS, 'counting the queues');
      } catch (error) {
        metrics.failed();
        if (!stop.signal.aborted) log.warn({ error: messageOf(error) }, 'queues not counted');
      }
      await sleep(config.INTERVAL_SECONDS * 1000, undefined, { signal: stop.signal }).catch(() => {});
    }
    return 0;
  },
});
