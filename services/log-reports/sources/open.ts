import type { LogStoreKind } from '../../../packages/contracts/log-store.ts';
import { Elasticsearch } from './elasticsearch.ts';
import { Loki } from './loki.ts';
import type { LogSource, SourceOptions } from './source.ts';
import { VictoriaLogs } from './victoria-logs.ts';

const sources: Readonly<Record<LogStoreKind, new (options: SourceOptions) => LogSource>> = {
  'victoria-logs': VictoriaLogs,
  loki: Loki,
  elasticsearch: Elasticsearch,
};

/** The reader of a log store of any kind. */
export const openSource = (kind: LogStoreKind, options: SourceOptions): LogSource =>
  new sources[kind](options);
