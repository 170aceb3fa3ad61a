import type { LogOutputs, OtlpStore } from '../../charts/log-collector.ts';
import type { Environment } from '../../environments/environment.ts';
import type { AddonName } from '../../environments/versions.ts';
import { type LogStoreKind, logPushUrl, logStoreUrl } from '../../packages/contracts/log-store.ts';

/** Log store -> the addons that run it and bring lines to it. */
const ADDONS: Readonly<Record<LogStoreKind, readonly AddonName[]>> = {
  'victoria-logs': ['victoria-logs', 'opentelemetry-collector', 'opentelemetry-events'],
  loki: ['loki', 'opentelemetry-collector', 'opentelemetry-events'],
  elasticsearch: ['eck-operator', 'fluent-bit'],
};

/** Addons that no environment lists: its log stores decide which it has. */
export const LOG_ADDONS: readonly AddonName[] = [...new Set(Object.values(ADDONS).flat())];

/** The operators of MongoDB and of the index. */
const TRANSACTION_ADDONS: readonly AddonName[] = ['eck-operator', 'psmdb-operator'];

/** What an environment has installed, in the order of the names. */
export const installedAddons = ({
  addons,
  logs,
  transactions,
}: Pick<Environment, 'addons' | 'logs' | 'transactions'>): AddonName[] => {
  const ofStores = logs.stores.flatMap((kind) => ADDONS[kind]);
  const operators = transactions === undefined ? [] : TRANSACTION_ADDONS;
  return [...new Set([...addons, ...ofStores, ...operators])].sort();
};

const takesOtlp = (kind: LogStoreKind): kind is OtlpStore => kind !== 'elasticsearch';

/** The stores that the OpenTelemetry Collectors of an environment send to. */
export const otlpStoresOf = ({ logs }: Pick<Environment, 'logs'>): OtlpStore[] =>
  logs.stores.filter(takesOtlp);

/** Where the OpenTelemetry Collectors of an environment send their records. */
export const logOutputsOf = (environment: Pick<Environment, 'logs'>): LogOutputs =>
  Object.fromEntries(otlpStoresOf(environment).map((kind) => [kind, logPushUrl(kind)]));

/** A data source of Grafana. */
export interface LogDataSource {
  readonly name: string;
  readonly type: string;
  readonly uid: LogStoreKind;
  readonly url: string;
  readonly access: 'proxy';
}

/** Log store -> Grafana's plugin, with its version where Grafana does not bring it. */
const PLUGINS = {
  'victoria-logs': { name: 'VictoriaLogs', type: 'victoriametrics-logs-datasource', version: '0.16.1' },
  loki: { name: 'Loki', type: 'loki' },
} as const;

/** What Grafana asks for log lines; Elasticsearch is asked by Kibana. */
export const logDataSources = (environment: Pick<Environment, 'logs'>): LogDataSource[] =>
  otlpStoresOf(environment).map((kind) => {
    const { name, type } = PLUGINS[kind];
    return { name, type, uid: kind, url: logStoreUrl(kind), access: 'proxy' };
  });

/** Plugins that Grafana fetches when it starts, each `id version`. */
export const logPlugins = (environment: Pick<Environment, 'logs'>): string[] =>
  otlpStoresOf(environment).flatMap((kind) => {
    const plugin = PLUGINS[kind];
    return 'version' in plugin ? [`${plugin.type} ${plugin.version}`] : [];
  });
