import { AuthoritiesError, ConfigError, parseConfig } from '@sluice/runtime';
import { connectOptions } from '@sluice/runtime/amqp';
import { redisOptions } from '@sluice/runtime/redis/options';
import fc from 'fast-check';
import type { z } from 'zod';
import { environment as api } from '../../../../services/api/config.ts';
import { environment as board } from '../../../../services/board/config.ts';
import { environment as collector } from '../../../../services/collector/config.ts';
import { environment as consumer } from '../../../../services/consumer/config.ts';
import { environment as exporter } from '../../../../services/exporter/config.ts';
import { environment as inject } from '../../../../services/inject/config.ts';
import { environment as journal } from '../../../../services/journal/config.ts';
import { environment as logGate } from '../../../../services/log-gate/config.ts';
import { environment as logReports } from '../../../../services/log-reports/config.ts';
import { environment as processService } from '../../../../services/process/config.ts';
import { environment as publisher } from '../../../../services/publisher/config.ts';
import { environment as query } from '../../../../services/query/config.ts';
import { environment as queueExporter } from '../../../../services/queue-exporter/config.ts';
import { environment as scaler } from '../../../../services/scaler/config.ts';
import { environment as storeBackup } from '../../../../services/store-backup/config.ts';
import { environment as topology } from '../../../../services/topology/config.ts';
import { texts } from '../mutate.ts';
import { firstOf, unless, wrongNumber } from '../oracles.ts';
import { type AnySubject, CANARY, parsing, subject } from '../subject.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a variable may be set to, whatever it is for. */
const variable = fc.oneof(
  { weight: 3, arbitrary: texts('1', '30', '0.5', '8080', 'info', 'jobs', '/run/file', 'constant', '15') },
  { weight: 1, arbitrary: texts(`amqp://user:${CANARY}@host:5672/%2f`, `http://admin:${CANARY}@host:15672`) },
  {
    weight: 1,
    arbitrary: texts(
      `rediss://user:${CANARY}@host:6379/0`,
      `mongodb://user:${CANARY}@a:27017,b:27017/?tls=true`,
    ),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

const VALID: Environment = {
  ...{ RUN_ID: 'run', AMQP_URL: 'amqp://host', AMQP_PASSWORD: CANARY, MANAGEMENT_URL: 'http://host:15672' },
  ...{ MANAGEMENT_USERNAME: 'admin', MANAGEMENT_PASSWORD: CANARY, TOPOLOGY_FILE: '/run/file' },
  ...{ REDIS_URL: 'redis://host:6379/0', REDIS_PASSWORD: CANARY, SCALER_URL: 'http://scaler:8080/metrics' },
  ...{ MONGODB_URL: `mongodb://user:${CANARY}@host`, ELASTICSEARCH_URL: `https://user:${CANARY}@host:9200` },
  ...{
    STORE_URL: 'http://logs:9428',
    LOG_STORE_URL: 'http://logs:9428',
    RAW_BUCKET: 'raw',
    SNAPSHOT_DIR: '/run/snapshots',
  },
  ...{ BACKUP_FILE: '/backup/redis.rdb', BACKUP_PREFIX: 'redis/', BACKUP_BUCKET: 'backups' },
  ...{ CONFIG_FILE: '/run/file', MAPPINGS_DIRECTORY: '/run/mappings', TARGETS_FILE: '/run/targets' },
};

/** A sound environment, some of its variables otherwise. */
function environments(schema: z.ZodObject): fc.Arbitrary<Environment> {
  const names = Object.keys(schema.shape);
  const settable = fc.constantFrom(...names, ...names.map((name) => `${name}_FILE`));
  const sound = Object.fromEntries(names.map((name) => [name, VALID[name]]));
  return fc
    .array(fc.tuple(settable, variable), { maxLength: 4 })
    .map((set) => ({ ...sound, ...Object.fromEntries(set) }));
}

const reading = <S extends z.ZodRawShape>(service: string, schema: z.ZodObject<S>): AnySubject =>
  subject<Environment, object>({
    name: `environment of ${service}`,
    inputs: environments(schema),
    parse: (environment) =>
      parsing(
        () => {
          const config = parseConfig(schema, environment);
          if ('REDIS_URL' in config) redisOptions(config as unknown as Parameters<typeof redisOptions>[0]);
          if ('AMQP_URL' in config) connectOptions(config as unknown as Parameters<typeof connectOptions>[0]);
          return config;
        },
        ConfigError,
        AuthoritiesError,
      ),
    nonsense: (config, given) =>
      firstOf(
        wrongNumber(config),
        // Empty by default is no nonsense.
        ...Object.entries(config).map(([name, value]) =>
          unless(value !== '' || (given[name] ?? '') === '', `${name} is empty`),
        ),
      ),
  });

/** Each service's environment. */
export const serviceEnvironments: readonly AnySubject[] = [
  reading('publisher', publisher),
  reading('consumer', consumer),
  reading('topology', topology),
  reading('scaler', scaler),
  reading('exporter', exporter),
  reading('api', api),
  reading('collector', collector),
  reading('log-gate', logGate),
  reading('log-reports', logReports),
  reading('board', board),
  reading('queue-exporter', queueExporter),
  reading('inject', inject),
  reading('query', query),
  reading('process', processService),
  reading('journal', journal),
  reading('store-backup', storeBackup),
];
