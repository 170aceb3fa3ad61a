import { logRecords } from '../packages/contracts/log-store.ts';
import { type CollectorConfig, type CollectorProps, collectorConfig, POSITIONS } from './log-collector.ts';
import { REDACTION } from './log-redaction.ts';

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
