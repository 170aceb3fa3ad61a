import { type LogStoreKind, logRecords } from '../packages/contracts/log-store.ts';
import { REDACTION } from './log-redaction.ts';

/** The log stores that take OTLP. */
export type OtlpStore = Exclude<LogStoreKind, 'elasticsearch'>;

/** Where a collector sends its records: log store -> its address, such as http://loki.loki.svc:3100. */
export type LogOutputs = Readonly<Partial<Record<OtlpStore, string>>>;

/** What bounds a collector. */
export interface CollectorLimits {
  /** Memory of the process, MiB: from four fifths of it on it takes no further records until some are sent. */
  readonly memoryMiB: number;
  /** Records that wait on its disk for one log store, bytes. */
  readonly queueBytes: number;
}

/** What the file of every collector depends on. */
export interface CollectorProps {
  readonly outputs: LogOutputs;
  /** A folder that outlives the process: what it has read, and what it has not yet sent. */
  readonly state: string;
  /** The address of its own pages, or a reference to a variable. */
  readonly host: string;
  readonly ports: { readonly health: number; readonly metrics: number };
  readonly limits: CollectorLimits;
}

/** A file of the OpenTelemetry Collector. @see https://opentelemetry.io/docs/collector/configuration/ */
export interface CollectorConfig {
  readonly extensions: Components;
  readonly receivers: Components;
  readonly processors: Components;
  readonly exporters: Components;
  readonly service: {
    readonly extensions: readonly string[];
    readonly telemetry: object;
    readonly pipelines: { readonly logs: Readonly<Record<keyof Pipeline, readonly string[]>> };
  };
}

type Components = Readonly<Record<string, object>>;

/** What one kind of collector reads, and how it changes it on the way. */
export interface Pipeline {
  readonly receivers: Components;
  /** In the order in which they are applied. */
  readonly processors: Components;
  readonly exporters?: never;
}

/** What has been read. It is apart from the queue: a full queue must not keep positions from being written. */
export const POSITIONS = 'file_storage/positions';
const QUEUE = 'file_storage/queue';

/** The file of a collector that takes records in, and keeps them on its disk until each log store has them. */
export function collectorConfig(props: CollectorProps, { receivers, processors }: Pipeline): CollectorConfig {
  const { outputs, state, host, ports, limits } = props;
  const exporters = exportersTo(outputs, limits);
  return {
    extensions: {
      health_check: { endpoint: `${host}:${ports.health}` },
      [POSITIONS]: storage(`${state}/positions`),
      [QUEUE]: storage(`${state}/queue`),
    },
    receivers,
    processors: { memory_limiter: memoryLimiter(limits), ...processors },
    exporters,
    service: {
      extensions: ['health_check', POSITIONS, QUEUE],
      telemetry: telemetry(host, ports.metrics),
      pipelines: {
        logs: {
          receivers: Object.keys(receivers),
          processors: ['memory_limiter', ...Object.keys(processors)],
          exporters: Object.keys(exporters),
        },
      },
    },
  };
}

/** A file that a crash of the machine has broken is set aside, and read lines are sent again: twice and not never. */
const storage = (directory: string): object => ({
  ...{ directory, create_directory: true, recreate: true },
  compaction: {
    ...{ on_start: true, on_rebound: true, cleanup_on_start: true, directory: `${directory}/compaction` },
    ...{ rebound_needed_threshold_mib: 64, rebound_trigger_threshold_mib: 8 },
  },
});

const memoryLimiter = ({ memoryMiB }: CollectorLimits): object => ({
  check_interval: '1s',
  limit_mib: Math.floor(memoryMiB * 0.8),
  spike_limit_mib: Math.floor(memoryMiB * 0.2),
});

const telemetry = (host: string, port: number): object => ({
  logs: { level: 'warn', encoding: 'json' },
  metrics: {
    readers: [{ pull: { exporter: { prometheus: { host, port, without_type_suffix: false } } } }],
  },
});

/** Log store -> where it takes OTLP, and what it wants said with it. */
const otlp: Readonly<Record<OtlpStore, (url: string) => object>> = {
  'victoria-logs': (url) => ({
    logs_endpoint: `${url}/insert/opentelemetry/v1/logs`,
    headers: {
      'VL-Stream-Fields': logRecords['victoria-logs'].index.join(','),
      // What OTLP has in every record, and lines do not.
      'VL-Ignore-Fields': 'scope.name,scope.version,severity_number,severity_text',
    },
  }),
  // Which attributes are labels is said in Loki's own limits.
  loki: (url) => ({ logs_endpoint: `${url}/otlp/v1/logs` }),
};

/** Log store -> pushes that are on their way at once. VictoriaLogs answers when it has written, after some seconds. */
const AT_ONCE: Readonly<Record<OtlpStore, number>> = { 'victoria-logs': 10, loki: 4 };

/** Each log store has a queue of its own: while one is down, the others get their records. */
function exportersTo(outputs: LogOutputs, { queueBytes }: CollectorLimits): Components {
  const kinds = Object.keys(outputs) as OtlpStore[];
  return Object.fromEntries(
    kinds.map((kind) => [
      `otlp_http/${kind}`,
      {
        ...otlp[kind](outputs[kind] ?? ''),
        timeout: '30s',
        sending_queue: {
          ...{ storage: QUEUE, sizer: 'bytes', queue_size: queueBytes },
          // A full queue stops the reading: what is not read stays in the files.
          block_on_overflow: true,
          num_consumers: AT_ONCE[kind],
          batch: { sizer: 'items', flush_timeout: '500ms', min_size: 1000, max_size: 5000 },
        },
        // It never gives up: what is given up is lost.
        retry_on_failure: {
          ...{ enabled: true, initial_interval: '1s', max_interval: '30s', max_elapsed_time: '0s' },
        },
      },
    ]),
  );
}

const { line, event } = logRecords['victoria-logs'];

/** The file of the collector of Kubernetes events: one for the cluster, from the API server to the log stores. */
export const logEventsConfig = (props: CollectorProps): CollectorConfig =>
  collectorConfig(props, {
    receivers: {
      k8sobjects: {
        ...{ auth_type: 'serviceAccount', storage: POSITIONS },
        // Deleted events are old ones: their hour is over.
        objects: [{ name: 'events', mode: 'watch', exclude_watch_type: ['DELETED'] }],
      },
    },
    processors: {
      'transform/events': { error_mode: 'ignore', log_statements: eventStatements() },
      redaction: REDACTION,
    },
  });

/** The Event of core/v1, as the watch brings it. @see https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
const at = (...path: readonly string[]): string =>
  ['log.body["object"]', ...path.map((key) => `["${key}"]`)].join('');

function eventStatements(): string[] {
  const resource = (name: string): string => `resource.attributes["${name}"]`;
  const attribute = (name: string): string => `log.attributes["${name}"]`;
  const seen = ['eventTime', 'firstTimestamp', 'lastTimestamp'].map(
    (key) => `set(log.time, Time(${at(key)}, "%Y-%m-%dT%H:%M:%S.%LZ")) where IsMatch(${at(key)}, "\\\\.")`,
  );
  const seconds = ['firstTimestamp', 'lastTimestamp'].map(
    (key) =>
      `set(log.time, Time(${at(key)}, "%Y-%m-%dT%H:%M:%SZ")) where IsString(${at(key)}) and not IsMatch(${at(key)}, "\\\\.")`,
  );
  return [
    ...[...seen, ...seconds],
    `set(${resource(line.namespace)}, ${at('involvedObject', 'namespace')})`,
    // What belongs to no namespace, a node for example, has its events in one.
    `set(${resource(line.namespace)}, ${at('metadata', 'namespace')}) where ${at('involvedObject', 'namespace')} == nil`,
    `set(${resource(line.pod)}, ${at('involvedObject', 'name')}) where ${at('involvedObject', 'kind')} == "Pod"`,
    `set(${resource(line.node)}, ${at('source', 'host')}) where ${at('source', 'host')} != nil`,
    `set(${attribute(event.reason)}, ${at('reason')})`,
    `set(${attribute(event.type)}, ${at('type')})`,
    `set(${attribute(event.kind)}, ${at('involvedObject', 'kind')})`,
    `set(${attribute(event.name)}, ${at('involvedObject', 'name')})`,
    `set(${attribute('k8s.event.uid')}, ${at('metadata', 'uid')})`,
    `set(${attribute('k8s.event.count')}, ${at('count')})`,
    `set(${attribute(line.level)}, ConvertCase(${at('type')}, "lower"))`,
    `set(${attribute(line.level)}, "warn") where ${attribute(line.level)} == "warning"`,
    `set(${attribute(line.level)}, "info") where ${attribute(line.level)} == "normal"`,
    // The last: it takes away what the others read.
    `set(log.body, ${at('message')})`,
  ];
}
