import type { LogLine } from '../../../packages/contracts/log-report.ts';
import { type LogStoreKind, logRecords } from '../../../packages/contracts/log-store.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a store adds to each record beside what its author wrote. */
const INTERNAL: ReadonlySet<string> = new Set(['_stream', '_stream_id']);

/**
 * Makes lines of a store's records, whose fields are flat: `k8s.pod.name` is one name. A record with the reason of
 * an event is an event. What has no place of its own is kept in `fields`.
 */
export function recordReader(store: LogStoreKind): (record: Fields) => LogLine {
  const { line, event } = logRecords[store];
  const known: ReadonlySet<string> = new Set([
    ...[line.time, line.message, line.namespace, line.pod, line.container, line.stream, line.level],
    ...Object.values(event),
    ...INTERNAL,
  ]);
  return (record) => {
    const isEvent = text(record[event.reason]) !== '';
    const others = othersOf(record, known);
    const facts = isEvent
      ? {
          reason: text(record[event.reason]),
          type: text(record[event.type]),
          object: text(record[event.kind]),
        }
      : {};
    const fields = { ...others, ...facts };
    return {
      kind: isEvent ? 'event' : 'line',
      time: text(record[line.time]),
      pod: text(isEvent ? record[event.name] : record[line.pod]),
      container: text(record[line.container]),
      stream: text(record[line.stream]),
      level: text(record[line.level]),
      message: text(record[line.message]),
      ...(Object.keys(fields).length > 0 && { fields }),
    };
  };
}

function othersOf(record: Fields, known: ReadonlySet<string>): Record<string, string> {
  const others: Record<string, string> = {};
  for (const name in record) if (!known.has(name)) others[name] = text(record[name]);
  return others;
}

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Nested objects -> one level with dotted names, as the table of fields names them. */
export function flattened(value: Fields, prefix = '', into: Record<string, unknown> = {}): Fields {
  for (const [key, inner] of Object.entries(value))
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
      flattened(inner as Fields, `${prefix}${key}.`, into);
    else into[`${prefix}${key}`] = inner;
  return into;
}
