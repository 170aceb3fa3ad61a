import { parentPort } from 'node:worker_threads';
import { fuzzShard, type Shard } from './pool.ts';
import { subjects } from './subjects.ts';

/** A thread of the pool: answers each shard with its row. */
parentPort?.on('message', (shard: Shard) => parentPort?.postMessage(fuzzShard(subjects, shard)));
