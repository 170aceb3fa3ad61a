import { openStream, request, streamedLines, textSamples } from '@sluice/runtime';
import { parseInstant } from '../../packages/contracts/instant.ts';
import { logRecords } from '../../packages/contracts/log-store.ts';
import type { LinesWanted } from './doubles.ts';
import type { Answer, Push, StoreLike, StoreState } from './gate.ts';
import { type LineId, SOURCE_FIELDS } from './records.ts';

/** Where VictoriaLogs takes records by OTLP, and where the gate takes them. */
export const PUSH_PATH = '/insert/opentelemetry/v1/logs';

const READ = new Set([
  'process_start_time_seconds',
  'vl_http_requests_total',
  'vl_pending_rows',
  'vl_storage_rows',
]);

/** VictoriaLogs, as far as the gate asks it. @see https://docs.victoriametrics.com/victorialogs/ */
export class VictoriaLogsStore implements StoreLike {
  readonly #url: string;

  /** @param url Without a slash at its end. */
  constructor(url: string) {
    this.#url = url;
  }

  async push({ headers, body }: Push, timeoutMs: number): Promise<Answer> {
    const url = `${this.#url}${PUSH_PATH}`;
    const answer = await request({ url, method: 'POST', headers, body, timeoutMs });
    return { status: answer.status, body: answer.body.toString() };
  }

  /** Records that it has not yet made a part of begin to be one, of all days at once; parts are written in time. */
  async flush(timeoutMs: number): Promise<void> {
    await this.#get('/internal/force_flush', timeoutMs);
  }

  async state(timeoutMs: number): Promise<StoreState> {
    return stateOf(await this.#get('/metrics', timeoutMs));
  }

  /**
   * The lines of some pods, by the index of streams: what it does not hold is found by no one, and is sent again.
   * @throws Error for an answer that breaks off
   */
  async *find({ pods, from, to }: LinesWanted, timeoutMs: number): AsyncGenerator<LineId> {
    await this.flush(timeoutMs);
    const streams = `{${quoted(LINE.pod)} in (${pods.map(quoted).join(', ')})}`;
    const span = `_time:[${instant(from)}, ${instant(to)})`;
    const fields = [LINE.time, LINE.position, ...SOURCE_FIELDS].map(quoted).join(', ');
    const answer = await openStream({
      ...{ url: `${this.#url}/select/logsql/query`, method: 'POST', timeoutMs },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams({ query: `${span} ${streams} | fields ${fields}` })),
    });
    for await (const text of streamedLines(answer.body, LONGEST_ROW)) {
      if (answer.status !== 200 || !text.startsWith('{'))
        throw new Error(`the store answers ${answer.status}: ${text.slice(0, 200)}`);
      const id = idOf(JSON.parse(text));
      if (id !== undefined) yield id;
    }
    if (answer.status !== 200) throw new Error(`the store answers ${answer.status}`);
  }

  async #get(path: string, timeoutMs: number): Promise<string> {
    const { status, body } = await request({ url: `${this.#url}${path}`, timeoutMs });
    if (status !== 200) throw new Error(`${path} of the store answers ${status}`);
    return body.toString();
  }
}

/** What its metrics say. @throws Error where one is missing: nothing may then be taken for written */
export function stateOf(text: string): StoreState {
  const samples = [...textSamples(text, READ)];
  const sum = (name: string, labels: Readonly<Record<string, string>> = {}): number => {
    const found = samples.filter(
      (one) =>
        one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    );
    if (found.length === 0) throw new Error(`the store reports no ${name}${JSON.stringify(labels)}`);
    return found.reduce((total, { value }) => total + value, 0);
  };
  return {
    startedAt: sum('process_start_time_seconds'),
    pushes: sum('vl_http_requests_total', { path: PUSH_PATH }),
    unwritten: sum('vl_pending_rows') + sum('vl_storage_rows', { type: 'storage/inmemory' }),
  };
}

const { line: LINE } = logRecords['victoria-logs'];
const LONGEST_ROW = 64 * 1024;
const quoted = (text: string): string => JSON.stringify(text);

/** `2026-11-29T15:00:00Z`; spans begin with a second. */
const instant = (nanoseconds: bigint): string => new Date(Number(nanoseconds / 1_000_000n)).toISOString();

/** @returns undefined for a record that is no line of a file */
function idOf(row: Readonly<Record<string, string>>): LineId | undefined {
  const [, seconds = '', fraction = ''] = /^([^.Z]+)(?:\.(\d{1,9}))?Z$/.exec(row[LINE.time] ?? '') ?? [];
  const { [LINE.position]: position = '', [LINE.pod]: pod = '' } = row;
  const at = parseInstant(`${seconds}Z`);
  if (at === undefined || position === '') return undefined;
  const time = BigInt(at) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  return { source: SOURCE_FIELDS.map((name) => row[name] ?? '').join(' '), pod, time, position };
}
