import { describeQuery, type Query, type QueryLimits, textToJson } from './query.ts';
import { shownPath } from './shown-path.ts';

export interface QueryLogOptions {
  readonly limits: QueryLimits;
  /** Takes one line, its line break included; absent: nothing is logged. */
  readonly write?: (line: string) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
}

/**
 * Logs a request's query, one line each. The line is that of the services' logger, composed here because the
 * query is JSON already: the same text is the answer.
 * @returns the query as a JSON object
 */
export function queryLog({ limits, write, now = Date.now }: QueryLogOptions): (received: Received) => string {
  return ({ method, path, query }) => {
    const { answer, logged, truncated } = describeQuery(query, limits);
    if (write === undefined) return answer;
    const shown = shownPath(path);
    const longPath = shown.length > limits.valueLength;
    const pathText = textToJson(longPath ? shown.slice(0, limits.valueLength) : shown);
    write(
      `{"level":30,"time":${now()},"service":"api","method":"${method}","path":${pathText},` +
        `"query":${logged},"truncated":${truncated || longPath},"msg":"query received"}\n`,
    );
    return answer;
  };
}
