import type { Identity } from '../../charts/labels.ts';
import { LOG_GATE, logStoreAddresses } from '../../packages/contracts/log-store.ts';

/** Who is who: a namespace for each service, and the broker's topology with the broker whose passwords it holds. */
export const broker = {
  name: 'broker',
  namespace: 'broker',
  component: 'broker',
} as const satisfies Identity;
/** The Job that declares queues and users on the broker. */
export const topology = {
  name: 'topology',
  namespace: 'broker',
  component: 'configuration',
} as const satisfies Identity;
/** The own scaler. */
export const scaler = {
  name: 'scaler',
  namespace: 'scaler',
  component: 'scaler',
} as const satisfies Identity;
/** The exporter of JSON documents as metrics. */
export const exporter = {
  name: 'exporter',
  namespace: 'exporter',
  component: 'monitoring',
} as const satisfies Identity;

/** What stands before VictoriaLogs, for who writes to it. */
export const logGate = {
  name: LOG_GATE.service,
  namespace: LOG_GATE.namespace,
  component: 'log-store',
} as const satisfies Identity;

/** The namespace of the board and of what it reads: the collector shares a volume with it. */
export const BOARD = 'board';
/** The board's own pods. */
export const board = { name: 'board', namespace: BOARD, component: 'web' } as const satisfies Identity;

/** Elasticsearch, its page, and the job that declares what stands on both. */
export const elasticsearch = {
  name: 'elasticsearch',
  namespace: logStoreAddresses.elasticsearch.namespace,
  component: 'log-store',
} as const satisfies Identity;
/** Kibana, the page of Elasticsearch. */
export const kibana = {
  name: 'kibana',
  namespace: logStoreAddresses.elasticsearch.namespace,
  component: 'log-store',
} as const satisfies Identity;
/** The Job that declares users, life cycle and searches in Elasticsearch and Kibana. */
export const elasticsearchContent = {
  name: 'elasticsearch-content',
  namespace: logStoreAddresses.elasticsearch.namespace,
  component: 'configuration',
} as const satisfies Identity;

/** The namespace of Prometheus and Grafana. */
export const MONITORING = 'monitoring';

/** Where Prometheus answers, inside the cluster. */
export const PROMETHEUS = { url: `http://kube-prometheus-stack-prometheus.${MONITORING}.svc`, port: 9090 };

/** Names of the PriorityClasses: which pods leave last and first where nodes are short. */
export const PRIORITY = { high: 'high', low: 'low' } as const;
