import type { Redis } from 'ioredis';
import type { FoundQueue } from './queues.ts';

/** How a job of a queue ended, and how long it was in work, seconds. */
export interface EndedJob {
  readonly queue: string;
  readonly outcome: 'completed' | 'failed';
  readonly seconds: number;
}

/** More jobs than any queue has in work: beyond it the oldest are forgotten. */
const MOST_ACTIVE = 10_000;
const ENTRIES_PER_READ = 1000;

/**
 * Follows the streams of events that BullMQ writes: from a job's `active` to its end. It begins with what happens from
 * now on, and keeps nothing of a job but its id and one instant.
 */
export class Durations {
  readonly #last = new Map<string, string>();
  readonly #active = new Map<string, number>();

  /** Reads what has happened since the last call. @returns each job that ended */
  async read(redis: Redis, queues: readonly FoundQueue[]): Promise<readonly EndedJob[]> {
    const streams = queues.map(({ base }) => `${base}:events`);
    for (const stream of this.#last.keys()) if (!streams.includes(stream)) this.#last.delete(stream);
    const ended: EndedJob[] = [];
    for (const [index, stream] of streams.entries())
      ended.push(...(await this.#readOne(redis, stream, queues[index]?.name ?? '')));
    return ended;
  }

  async #readOne(redis: Redis, stream: string, queue: string): Promise<readonly EndedJob[]> {
    const after = this.#last.get(stream);
    if (after === undefined) {
      const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
      this.#last.set(stream, newest?.[0] ?? '0');
      return [];
    }
    const ended: EndedJob[] = [];
    for (let from = after; ; ) {
      const entries = await redis.xrange(stream, `(${from}`, '+', 'COUNT', ENTRIES_PER_READ);
      for (const [id, fields] of entries) ended.push(...this.#take(queue, id, fields));
      from = entries.at(-1)?.[0] ?? from;
      this.#last.set(stream, from);
      if (entries.length < ENTRIES_PER_READ) return ended;
    }
  }

  #take(queue: string, id: string, fields: readonly string[]): readonly EndedJob[] {
    const { event, jobId = '' } = pairs(fields);
    // The id of an entry begins with its instant, milliseconds.
    const at = Number(id.split('-')[0]);
    const job = `${queue} ${jobId}`;
    if (event === 'active') {
      this.#active.set(job, at);
      const [oldest] = this.#active.keys();
      if (this.#active.size > MOST_ACTIVE && oldest !== undefined) this.#active.delete(oldest);
    }
    const began = this.#active.get(job);
    if (began === undefined || (event !== 'completed' && event !== 'failed')) return [];
    this.#active.delete(job);
    return [{ queue, outcome: event, seconds: (at - began) / 1000 }];
  }
}

function pairs(fields: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (let index = 0; index + 1 < fields.length; index += 2)
    found[fields[index] ?? ''] = fields[index + 1] ?? '';
  return found;
}
