import { Client } from '@elastic/elasticsearch';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import { startElasticsearch } from '../../packages/testbed/servers/elasticsearch.ts';
import { startMongodb } from '../../packages/testbed/servers/mongodb.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import type { StoredTransaction } from '../../services/process/store.ts';
import { BANK_USERS, bankLogin, startBankRedis, testerLogin } from '../support/bank-redis.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

/** One JSON line of a service. */
export type Line = Record<string, unknown> & { msg: string };

/** The three servers, the three services as processes, and a look at all of it. Redis is the rendered one. */
export class TransactionSystem {
  readonly lines: Line[] = [];
  readonly fleet = new ServiceProcesses((line) => this.lines.push(line as Line));
  readonly redis: OwnServer;
  readonly mongodb: OwnServer;
  readonly elasticsearch: OwnServer;
  readonly client: Redis;
  readonly queues: readonly Queue[];
  readonly index: Client;
  readonly #mongo: MongoClient;
  #url = '';

  private constructor(redis: OwnServer, mongodb: OwnServer, elasticsearch: OwnServer) {
    this.redis = redis;
    this.mongodb = mongodb;
    this.elasticsearch = elasticsearch;
    this.client = new Redis(redis.url, { ...testerLogin, maxRetriesPerRequest: null });
    this.client.on('error', () => {});
    const options = { connection: this.client, prefix: TRANSACTION_QUEUES.prefix };
    this.queues = [TRANSACTION_QUEUES.process, TRANSACTION_QUEUES.journal].map(
      (name) => new Queue(name, options),
    );
    for (const queue of this.queues) queue.on('error', () => {});
    this.index = new Client({ node: elasticsearch.url, maxRetries: 0 });
    this.#mongo = new MongoClient(mongodb.url, { useBigInt64: true, serverSelectionTimeoutMS: 2000 });
  }

  static async open(): Promise<TransactionSystem> {
    const [{ server: redis }, mongodb, elasticsearch] = await Promise.all([
      startBankRedis(),
      startMongodb(),
      startElasticsearch(),
    ]);
    return new TransactionSystem(redis, mongodb, elasticsearch);
  }

  get collection() {
    return this.#mongo.db('transactions').collection<StoredTransaction>('transactions');
  }

  /** What a service is given, with its own user of Redis; a busy machine must not look like a dead worker. */
  environmentOf(service: string): Readonly<Record<string, string>> {
    const { username, password } = bankLogin(service);
    const isUser = BANK_USERS.some(({ name }) => name === username);
    return {
      ...{ REDIS_URL: this.redis.url, REDIS_FSYNC: 'always', DRAIN_DELAY_SECONDS: '0' },
      ...(isUser && { REDIS_USERNAME: username, REDIS_PASSWORD: password }),
      ...{ MONGODB_URL: this.mongodb.url, ELASTICSEARCH_URL: this.elasticsearch.url, INDEX_REPLICAS: '0' },
      LOCK_SECONDS: '10',
    };
  }

  start = (service: string, env: Readonly<Record<string, string>> = {}) =>
    this.fleet.start(service, { ...this.environmentOf(service), ...env });

  /** Starts inject and waits until it listens. */
  async startInject(): Promise<void> {
    this.#url = await this.startListening('inject');
  }

  /** Starts a service that listens. @returns its URL when it does */
  async startListening(name: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    this.start(name, env);
    const listening = () => this.lines.find(({ msg, service }) => msg === 'listening' && service === name);
    await until(`${name} listens`, () => listening() !== undefined, 60);
    return `http://127.0.0.1:${String(listening()?.port)}`;
  }

  async post(
    path: string,
    key: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.#url}${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) },
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Jobs that are neither done nor in the failed set. */
  async pending(): Promise<number> {
    const counts = await Promise.all(
      this.queues.map((queue) => queue.getJobCounts('wait', 'active', 'delayed', 'prioritized')),
    );
    return counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    await this.fleet.stop(5);
    this.client.disconnect();
    await this.#mongo.close();
    await this.index.close();
    await Promise.all([this.redis, this.mongodb, this.elasticsearch].map((server) => server.stop()));
  }
}

/** A transfer of so many cents between two accounts. */
export const transfer = (amount: number, from = 'a', to = 'b') => ({
  ...{ currency: 'EUR', exponent: 2, description: `transfer of ${amount}` },
  entries: [
    { account: from, amount: -amount },
    { account: to, amount },
  ],
});
