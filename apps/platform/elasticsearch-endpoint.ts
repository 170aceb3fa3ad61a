import { peers } from '../../charts/network-policy.ts';
import type { Environment } from '../../environments/environment.ts';
import type { ElasticsearchStore } from '../../environments/stores.ts';
import type { LogStoreKind } from '../../packages/contracts/log-store.ts';
import { logStoreAddresses } from '../../packages/contracts/log-store.ts';
import type { Connection } from '../application.ts';
import { elasticsearch } from './identities.ts';

/** The ConfigMap in each namespace that asks Elasticsearch: its certificate authorities. */
export const ELASTICSEARCH_AUTHORITY = 'elasticsearch-authority';

/** How Elasticsearch is run here, where it is one of the log stores. */
export const elasticsearchOf = ({ logs }: Pick<Environment, 'logs'>): ElasticsearchStore | undefined =>
  logs.stores.includes('elasticsearch') ? logs.elasticsearch : undefined;

/** The pods of a log store: a chart labels them, but for those of Elasticsearch, whose template is ours. */
export const logStorePods = (kind: LogStoreKind): Connection['to'] =>
  kind === 'elasticsearch' ? elasticsearch : peers.everyPod(logStoreAddresses[kind].namespace);
