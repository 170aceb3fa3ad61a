import { filledIn } from '../../charts/dashboards/dashboard.ts';

/** A series as Prometheus answers it. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch seconds and value. */
  readonly samples: readonly (readonly [at: number, value: number])[];
}

/** The shown time, epoch seconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly stepSeconds: number;
  /** Between two scrapes: a rate needs four of them. @default 1 */
  readonly scrapeSeconds?: number;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values?: readonly (readonly [number, string])[];
      readonly value?: readonly [number, string];
    }[];
  };
}

/** Asks a Prometheus what a dashboard asks. */
export class PrometheusReader {
  readonly #url: string;
  readonly #span: Span;
  readonly #variables: Record<string, string> = {};

  constructor(url: string, span: Span) {
    this.#url = url;
    this.#span = span;
  }

  /** The values that were chosen. */
  get variables(): Readonly<Record<string, string>> {
    return this.#variables;
  }

  /** Chooses a value of a variable: the first of what `label_values` has; `.*` where all are a choice. */
  async choose(name: string, definition: string, all: boolean): Promise<void> {
    const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/s.exec(definition) ?? [];
    const values = (await this.#ask('query', { query: this.#filled(selector), time: this.#span.end })).map(
      ({ labels }) => labels[label] ?? '',
    );
    this.#variables[name] = all ? '.*' : (values.sort()[0] ?? '');
  }

  /** What a query over time has. */
  range(expr: string): Promise<Series[]> {
    const { start, end, stepSeconds } = this.#span;
    return this.#ask('query_range', { query: this.#filled(expr), start, end, step: stepSeconds });
  }

  /** What a query has at the end of the shown time. */
  instant(expr: string): Promise<Series[]> {
    return this.#ask('query', { query: this.#filled(expr), time: this.#span.end });
  }

  /** A rate needs four scrapes, and no less than a step. */
  #filled(expr: string): string {
    const { start, end, stepSeconds, scrapeSeconds = 1 } = this.#span;
    const seconds = Math.round(end - start);
    const window = `${Math.max(10, 2 * stepSeconds, 4 * scrapeSeconds)}s`;
    const own = expr
      .replaceAll('$__rate_interval', window)
      .replaceAll('$__range_s', String(seconds))
      .replaceAll('$__range', `${seconds}s`)
      .replaceAll(/:1m\]/g, ':5s]');
    return filledIn(
      own.replaceAll(/\$\{?([a-z]+)\}?/g, (text, name: string) => this.#variables[name] ?? text),
    );
  }

  async #ask(path: string, parameters: Readonly<Record<string, string | number>>): Promise<Series[]> {
    const body = new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await fetch(`${this.#url}/api/v1/${path}`, { method: 'POST', body });
    const { status, error, data } = (await response.json()) as Answer;
    if (status !== 'success') throw new Error(`Prometheus refuses ${body.get('query')}: ${error}`);
    return data.result.map(({ metric, values, value }) => ({
      labels: metric,
      samples: (values ?? (value ? [value] : [])).map(([at, text]) => [at, Number(text)] as const),
    }));
  }
}
