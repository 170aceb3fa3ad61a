import { logRecords } from '../packages/contracts/log-store.ts';
import { type CollectorConfig, type CollectorProps, collectorConfig, POSITIONS } from './log-collector.ts';
import { REDACTION } from './log-redaction.ts';

/** What the file of an agent depends on beside what every collector's does. */
export interface LogAgentProps extends CollectorProps {
  /** The kubelet's folder of log files. */
  readonly logs: string;
  /** The name of its node, or a reference to a variable. */
  readonly node: string;
}

/**
 * Flags of the agent's program. Without the gate it takes lines as read up to 100 ms before they are in its queue, and
 * a kill loses them.
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.152.0/pkg/stanza
 */
export const LOG_AGENT_FLAGS = ['--feature-gates=stanza.synchronousLogEmitter'] as const;

/** The file of the agent on each node: from the log files of containers to the log stores. */
export const logAgentConfig = (props: LogAgentProps): CollectorConfig =>
  collectorConfig(props, {
    receivers: { file_log: containerFiles(props.logs) },
    processors: {
      'transform/lines': { error_mode: 'ignore', log_statements: lineStatements(props.node) },
      redaction: REDACTION,
    },
  });

const { line } = logRecords['victoria-logs'];

/** The longest record, bytes: what is longer goes on as another record. */
const LONGEST = 1024 * 1024;

/** `2026-11-29T15:00:00.123456789Z stdout F text`: P is a part of a line that goes on, F its last part. */
const PREFIX = '[^ \\n]+ (?:stdout|stderr) [FP]';

/**
 * A record begins at a line whose text begins neither with white space nor with a closing bracket nor with `Caused by:`.
 * The file is split by it, and not what has been read of the file: a record counts as read when all of it is, and a kill
 * in the middle of a stack trace loses none of it.
 */
const RECORD_START = `^${PREFIX} (?:[^\\s})\\]C]|C[^a]|Ca[^u]|Cau[^s])`;

/** `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<restarts>.log`; a rotated file has its time behind it. */
const PATH =
  '(?P<namespace>[^_/]+)_(?P<pod>[^_/]+)_(?P<uid>[^_/]+)/(?P<container>[^/]+)/(?P<restarts>\\d+)\\.log';

function containerFiles(logs: string): object {
  return {
    include: [`${logs}/*/*/*.log`, `${logs}/*/*/*.log.2*`],
    exclude: [`${logs}/*/*/*.gz`, `${logs}/*/*/*.tmp`],
    ...{ start_at: 'beginning', storage: POSITIONS, retry_on_failure: { enabled: true } },
    ...{ include_file_path: true, include_file_name: false, include_file_record_offset: true },
    max_log_size: LONGEST,
    // A record whose last line was read is complete when nothing follows it for as long.
    ...{ multiline: { line_start_pattern: RECORD_START }, force_flush_period: '1s' },
    operators: [
      {
        ...{ type: 'regex_parser', id: 'cri', parse_from: 'body', parse_to: 'attributes' },
        regex: '(?s)^(?P<time>[^ ]+) (?P<stream>stdout|stderr) (?P<part>[FP])[^ ]* (?P<text>.*)$',
        timestamp: {
          ...{ parse_from: 'attributes.time', layout_type: 'gotime' },
          layout: '2006-01-02T15:04:05.999999999Z07:00',
        },
      },
      {
        ...{ type: 'regex_parser', id: 'path', parse_to: 'attributes', regex: PATH },
        parse_from: 'attributes["log.file.path"]',
      },
      {
        ...{ type: 'recombine', id: 'parts', combine_field: 'attributes.text', combine_with: '' },
        ...{ is_last_entry: 'attributes.part == "F"', max_log_size: LONGEST, force_flush_period: '5s' },
        source_identifier: 'attributes["log.file.path"]',
      },
      ...moves,
    ],
  };
}

/** Parsed part of the line or path -> the name of the resource's attribute. */
const resource = {
  namespace: line.namespace,
  pod: line.pod,
  uid: 'k8s.pod.uid',
  container: line.container,
  restarts: 'k8s.container.restart_count',
} as const;

const moves: readonly object[] = [
  ...Object.entries(resource).map(([from, to]) => ({
    ...{ type: 'move', from: `attributes.${from}`, to: `resource["${to}"]` },
  })),
  { type: 'move', from: 'attributes.stream', to: `attributes["${line.stream}"]` },
  { type: 'move', from: 'attributes.text', to: 'body' },
  ...['time', 'part', '["log.file.path"]'].map((name) => ({
    ...{ type: 'remove', field: name.startsWith('[') ? `attributes${name}` : `attributes.${name}` },
  })),
];

/** Numbers of levels as pino and bunyan write them. */
const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' } as const;

/** Keys under which JSON lines of common loggers hold their text, and their level. */
const MESSAGE_KEYS = ['msg', 'message'] as const;
const LEVEL_KEYS = ['severity', 'lvl', 'log.level'] as const;

/** What is done with each record, as OTTL. @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/ottl */
function lineStatements(node: string): string[] {
  const level = `log.attributes["${line.level}"]`;
  return [
    `set(resource.attributes["${line.node}"], "${node}")`,
    // Continued lines of a record still have their prefix.
    `replace_pattern(log.body, "\\\\n${PREFIX.replaceAll('\\', '\\\\')} ?", "\\n") where IsMatch(log.body, "\\\\n")`,
    `replace_pattern(log.body, "\\\\s+$", "")`,
    `merge_maps(log.attributes, ParseJSON(log.body), "insert") where IsMatch(log.body, "^\\\\{(?s:.*)\\\\}$")`,
    'flatten(log.attributes)',
    ...MESSAGE_KEYS.flatMap((key) => [
      `set(log.body, log.attributes["${key}"]) where IsString(log.attributes["${key}"])`,
      `delete_key(log.attributes, "${key}") where IsString(log.attributes["${key}"])`,
    ]),
    ...LEVEL_KEYS.map((key) => `set(${level}, log.attributes["${key}"]) where ${level} == nil`),
    `merge_maps(log.attributes, ExtractPatterns(log.body, "(?i)\\\\b(?:level|lvl|severity)=\\"?(?P<${line.level}>[a-z]+)"), "insert") where ${level} == nil`,
    ...Object.entries(LEVELS).map(([number, name]) => `set(${level}, "${name}") where ${level} == ${number}`),
    `set(${level}, ConvertCase(String(${level}), "lower")) where ${level} != nil`,
    `set(${level}, "warn") where ${level} == "warning"`,
  ];
}
