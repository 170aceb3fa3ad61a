import { ConfigError, type Logger, parseInstant } from '@sluice/runtime';
import { WINDOW_MINUTES } from '../../packages/contracts/log-report.ts';
import { type LogReportsConfig, listOf } from './config.ts';
import { type Declaring, readDeclaration } from './declare.ts';
import { identityIn } from './doubles.ts';
import type { Extraction } from './extract.ts';
import { S3ObjectStore, s3Client } from './object-store.ts';
import { preprocess } from './preprocess.ts';
import { type Restoration, VictoriaLogsSink } from './restore.ts';
import type { NamespaceRule } from './selection.ts';
import { openSource } from './sources/open.ts';
import type { SourceOptions } from './sources/source.ts';

const MINUTE_MS = 60_000;
const ARCHIVE_MINUTES = 60;
/** A page or a batch; a stream of lines may take the whole run. */
const REQUEST_MS = 60_000;

const namespacesOf = (config: LogReportsConfig): NamespaceRule => ({
  only: listOf(config.NAMESPACES),
  except: listOf(config.EXCEPT_NAMESPACES),
});

function storeOf(config: LogReportsConfig): Omit<SourceOptions, 'timeoutMs'> {
  const { LOG_STORE_URL: url, LOG_STORE_USERNAME: username, LOG_STORE_PASSWORD: password } = config;
  const known = username !== undefined && password !== undefined;
  return {
    ...{ url, authoritiesFile: config.LOG_STORE_CA_FILE },
    credentials: known ? () => ({ username, password: password.read() }) : undefined,
  };
}

const clientOf = (config: LogReportsConfig) =>
  s3Client({ region: config.S3_REGION, endpoint: config.S3_ENDPOINT });

const timeoutOf = (config: LogReportsConfig): number =>
  config.LOG_STORE === 'victoria-logs' ? config.DEADLINE_SECONDS * 1000 : REQUEST_MS;

/** @throws ConfigError where a variable that this mode needs is not set */
function needed(config: LogReportsConfig, name: 'RAW_BUCKET' | 'DECLARATION_FILE'): string {
  const value = config[name];
  if (value === undefined) throw new ConfigError([`'${name}' must be set where 'MODE' is ${config.MODE}`]);
  return value;
}

/** What a run of `declare` works with. @throws ConfigError, and DeclarationError for what is no declaration */
export function declaringOf(config: LogReportsConfig, log: Logger): Declaring {
  const { url, credentials, authoritiesFile } = storeOf(config);
  return {
    ...{ log, credentials, authoritiesFile, urls: { elasticsearch: url, kibana: config.KIBANA_URL } },
    declaration: readDeclaration(needed(config, 'DECLARATION_FILE')),
  };
}

/** What a run of `extract` or `archive` works with. */
export function extractionOf(config: LogReportsConfig): Extraction {
  const client = clientOf(config);
  const objects = new S3ObjectStore(client, needed(config, 'RAW_BUCKET'));
  const archives = config.MODE === 'archive';
  const { REPORT_BUCKET: bucket } = config;
  const reports = archives || bucket === undefined ? undefined : new S3ObjectStore(client, bucket);
  const pattern = { levels: listOf(config.ERROR_LEVELS), words: listOf(config.ERROR_WORDS) };
  return {
    ...{ family: archives ? 'archive' : 'raw', objects, namespaces: namespacesOf(config) },
    source: openSource(config.LOG_STORE, { ...storeOf(config), timeoutMs: timeoutOf(config) }),
    identityOf: identityIn(config.LOG_STORE),
    selection: archives ? { kind: 'all' } : { kind: 'errors', pattern },
    rule: {
      windowMs: (archives ? ARCHIVE_MINUTES : WINDOW_MINUTES) * MINUTE_MS,
      lateMs: config.LATE_SECONDS * 1000,
      catchUp: config.CATCH_UP_WINDOWS,
    },
    ...(reports !== undefined && {
      onObject: async (key, signal) => void (await preprocess(key, { raw: objects, reports }, signal)),
    }),
  };
}

/** What a run of `restore` works with. @throws ConfigError with every fault of what it alone needs */
export function restorationOf(config: LogReportsConfig): Restoration {
  const { FROM = '', TO = '', LOG_STORE } = config;
  // What is no instant is neither before nor after another: that is no second fault.
  const span = { start: parseInstant(FROM) ?? Number.NaN, end: parseInstant(TO) ?? Number.NaN };
  const faults = [
    ...Object.entries({ FROM, TO })
      .filter(([, value]) => parseInstant(value) === undefined)
      .map(
        ([name, value]) =>
          `'${name}' (${value}) must be an instant in RFC 3339, such as 2026-11-29T15:00:00Z`,
      ),
    ...(span.start >= span.end ? [`'FROM' (${FROM}) must be before 'TO' (${TO})`] : []),
    ...(LOG_STORE === 'victoria-logs'
      ? []
      : [`'LOG_STORE' (${LOG_STORE}) must be victoria-logs: lines are restored into no other store`]),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
  const store = storeOf(config);
  const { credentials } = store;
  return {
    ...{ span, namespaces: namespacesOf(config), rule: { windowMs: ARCHIVE_MINUTES * MINUTE_MS } },
    objects: new S3ObjectStore(clientOf(config), needed(config, 'RAW_BUCKET')),
    target: openSource(LOG_STORE, { ...store, timeoutMs: REQUEST_MS }),
    sink: new VictoriaLogsSink({ ...store, credentials: credentials?.(), timeoutMs: REQUEST_MS }),
  };
}
