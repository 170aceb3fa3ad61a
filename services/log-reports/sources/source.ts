import type { Credentials } from '@sluice/runtime';
import type { LogLine, Span } from '../../../packages/contracts/log-report.ts';
import type { Selection } from '../selection.ts';

/** How many records of a namespace a span holds. */
export interface NamespaceCount {
  readonly namespace: string;
  readonly lines: number;
}

/** A log store as it is read. Memory is bounded whatever a span holds. */
export interface LogSource {
  /** The namespaces that have records in the span, and how many; they may gain some until they are read. */
  namespaces(span: Span, selection: Selection, signal: AbortSignal): Promise<readonly NamespaceCount[]>;
  /**
   * Each record of a namespace in the span once; records of one second near each other, else in any order.
   * @throws where it cannot give all of them
   */
  lines(namespace: string, span: Span, selection: Selection, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** How a log store is reached. */
export interface SourceOptions {
  /** Without a path: `http://victoria-logs.victoria-logs.svc:9428`. */
  readonly url: string;
  readonly credentials?: (() => Credentials) | undefined;
  readonly authoritiesFile?: string | undefined;
  /** The longest wait for one answer, or for all of a stream, milliseconds. */
  readonly timeoutMs: number;
}

/** An answer of a log store that is of no use. Its message names the store and the status, never lines. */
export class LogSourceError extends Error {
  override readonly name = 'LogSourceError';
}

/** RFC 3339, as the stores' queries take it. */
export const instantText = (at: number): string => new Date(at).toISOString();

/** Epoch nanoseconds as decimal digits -> RFC 3339 with all of them. */
export function nanosecondsText(nanoseconds: string): string {
  const padded = nanoseconds.padStart(10, '0');
  const seconds = Number(padded.slice(0, -9));
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${padded.slice(-9)}Z`;
}

/** The start of an answer's text, for an error: one line, shortened. */
export const shortened = (body: Buffer): string =>
  body.subarray(0, 200).toString('utf8').replace(/\s+/g, ' ').trim();
