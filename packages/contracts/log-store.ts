/**
 * Where log lines are kept, and what a record is called there: the one table that the agents write by, and that
 * whoever reads log lines (extraction, archive, dashboards, links of alerts) queries by.
 */

/** The log stores that this repository knows how to run. */
export const LOG_STORES = ['victoria-logs', 'loki', 'elasticsearch'] as const;
export type LogStoreKind = (typeof LOG_STORES)[number];

/** What every record of a log store says of a line. */
export interface LogFields {
  /** When the container runtime took the line, RFC 3339 with nanoseconds. */
  readonly time: string;
  /** The text: a JSON line's own message, else the whole line. */
  readonly message: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** `stdout` or `stderr`. */
  readonly stream: string;
  /** The level as the line gives it: `error`, `warn` ...; absent where the line gives none. */
  readonly level: string;
  readonly node: string;
  /**
   * Where the line begins in its file, bytes. A record's time, namespace, pod, container, stream and position identify
   * the line: a push that is repeated after a crash writes records that are equal in all of them.
   */
  readonly position: string;
}

/** What a record of a Kubernetes event says beside its time, message and namespace. */
export interface EventFields {
  /** Present in events alone: what tells them from lines. For example `BackOff`. */
  readonly reason: string;
  /** `Normal` or `Warning`. */
  readonly type: string;
  /** The kind and name of the object that it is about. */
  readonly kind: string;
  readonly name: string;
}

interface LogRecord {
  readonly line: LogFields;
  readonly event: EventFields;
  /** Fields that every query should begin with: few values, and indexed. */
  readonly index: readonly string[];
}

/** As the OpenTelemetry Collector names them. @see https://opentelemetry.io/docs/specs/semconv/resource/k8s/ */
const openTelemetry: Omit<LogRecord, 'index'> = {
  line: {
    time: '_time',
    message: '_msg',
    namespace: 'k8s.namespace.name',
    pod: 'k8s.pod.name',
    container: 'k8s.container.name',
    stream: 'log.iostream',
    level: 'level',
    node: 'k8s.node.name',
    position: 'log.file.record_offset',
  },
  event: {
    reason: 'k8s.event.reason',
    type: 'k8s.event.type',
    kind: 'k8s.object.kind',
    name: 'k8s.object.name',
  },
};

/** Loki takes letters, digits and underscores in the names of labels and of structured metadata. */
const underscored = <Names extends EventFields | LogFields>(names: Names): Names =>
  Object.fromEntries(
    Object.entries<string>({ ...names }).map(([key, name]) => [key, name.replaceAll('.', '_')]),
  ) as unknown as Names;

/**
 * Log store -> the names of its fields. In Loki `time` and `message` are the two parts of an entry and no labels;
 * `index` are labels there, stream fields in VictoriaLogs and keywords in Elasticsearch.
 */
export const logRecords: Readonly<Record<LogStoreKind, LogRecord>> = {
  'victoria-logs': {
    ...openTelemetry,
    index: ['k8s.namespace.name', 'k8s.pod.name', 'k8s.container.name'],
  },
  loki: {
    // A pod's name as a label would make a stream of every pod that ever ran: it is structured metadata.
    line: { ...underscored(openTelemetry.line), time: 'timestamp', message: 'line' },
    event: underscored(openTelemetry.event),
    index: ['k8s_namespace_name', 'k8s_container_name'],
  },
  elasticsearch: {
    line: {
      time: '@timestamp',
      message: 'message',
      namespace: 'kubernetes.namespace_name',
      pod: 'kubernetes.pod_name',
      container: 'kubernetes.container_name',
      stream: 'stream',
      level: 'level',
      node: 'kubernetes.host',
      position: 'offset',
    },
    event: {
      reason: 'event.reason',
      type: 'event.type',
      kind: 'event.kind',
      name: 'event.name',
    },
    index: ['kubernetes.namespace_name', 'kubernetes.container_name'],
  },
};

/** Where a log store answers inside the cluster. */
export interface LogStoreAddress {
  readonly namespace: string;
  /** The Service. */
  readonly service: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** Log store -> its address. */
export const logStoreAddresses: Readonly<Record<LogStoreKind, LogStoreAddress>> = {
  'victoria-logs': { namespace: 'victoria-logs', service: 'victoria-logs', port: 9428, scheme: 'http' },
  loki: { namespace: 'loki', service: 'loki', port: 3100, scheme: 'http' },
  elasticsearch: { namespace: 'elasticsearch', service: 'logs-es-http', port: 9200, scheme: 'https' },
};

/** Where lines for VictoriaLogs are sent: the gate before it answers when they are on its disk. */
export const LOG_GATE = {
  ...{ namespace: 'log-gate', service: 'log-gate', port: 8080, scheme: 'http' },
} as const satisfies LogStoreAddress;

const urlOf = ({ scheme, service, namespace, port }: LogStoreAddress): string =>
  `${scheme}://${service}.${namespace}.svc:${port}`;

/** Where a log store is asked: `http://victoria-logs.victoria-logs.svc:9428`. */
export const logStoreUrl = (kind: LogStoreKind): string => urlOf(logStoreAddresses[kind]);

/** Where lines for a log store are sent. */
export const logPushUrl = (kind: LogStoreKind): string =>
  urlOf(kind === 'victoria-logs' ? LOG_GATE : logStoreAddresses[kind]);

/** The data stream of log lines in Elasticsearch, and that of Kubernetes events. */
export const ELASTICSEARCH_STREAMS = { lines: 'logs-pods-default', events: 'logs-events-default' } as const;

/** The users of Elasticsearch: who writes lines, who reads them for reports, and who looks at them by Kibana. */
export const ELASTICSEARCH_USERS = {
  writer: { name: 'fluent-bit', role: 'log-writer' },
  reader: { name: 'log-reports', role: 'log-reader' },
  viewer: { name: 'kibana-viewer', role: 'log-viewer' },
} as const;
