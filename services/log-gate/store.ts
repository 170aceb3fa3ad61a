import { request, textSamples } from '@sluice/runtime';
import type { Answer, Push, StoreLike, StoreState } from './gate.ts';

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
