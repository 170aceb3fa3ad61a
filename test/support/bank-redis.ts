import { redisUsersOf } from '../../apps/platform/redis.ts';
import { systemIn } from '../../apps/rendering.ts';
import { bank, withTransactions } from '../../apps/testing/desired-state.ts';
import { type RedisUser, redisFiles } from '../../charts/redis.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { type RenderedRedis, startRenderedRedis } from './rendered-redis.ts';

/** The users that the environment `bank` renders for its workloads, scaler and exporters. */
export const BANK_USERS: readonly RedisUser[] = redisUsersOf(systemIn(bank, withTransactions));

/** The user of KEDA's operator for a worker that it scales. */
const KEDA_USERS = redisUsersOf({
  storeUsers: [{ store: 'redis', name: 'journal-keda', scope: '{transactions}', access: 'measure' }],
});

/** A user of the tests' own, which may look at all and change all. */
const TESTER: RedisUser = { name: 'tester', rules: '~* &* +@all' };

/** @returns the password of a user of the server below */
export const bankPasswordOf = (user: string): string => `secret of ${user}`;

/** Starts Redis with what the environment `bank` renders: its script, its configuration, its users. */
export const startBankRedis = (): Promise<RenderedRedis> => {
  const users = [...BANK_USERS, ...KEDA_USERS, TESTER];
  return startRenderedRedis({
    files: redisFiles({ ...bank.redis, users } as never),
    passwords: Object.fromEntries(users.map(({ name }) => [name, bankPasswordOf(name)])),
  });
};

/** @returns how a client logs in as one of them: options of ioredis */
export const bankLogin = (user: string) => ({ username: user, password: bankPasswordOf(user) });

/** Options of ioredis for the user of the tests' own. */
export const testerLogin = bankLogin(TESTER.name);

/** A replica of that server. */
export const startReplica = ({ port }: RenderedRedis): Promise<OwnServer> =>
  startRedis({
    configuration: [
      `replicaof 127.0.0.1 ${port}`,
      `masteruser ${testerLogin.username}`,
      `masterauth "${testerLogin.password}"`,
    ],
  });
