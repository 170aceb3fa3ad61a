import { messageOf } from '@sluice/runtime';

/** What is known of a run that ended with jobs unconfirmed. */
export interface RunEnd {
  readonly exchange: string;
  readonly routingKey: string;
  /** Jobs that no queue took. */
  readonly returned: number;
  /** What ended the last session, when the end came during one. */
  readonly failure: Error | undefined;
  /** Why the connection was lost before, where it was. */
  readonly lost: unknown;
  readonly signal: AbortSignal;
}

/** For the run's last line: why it failed, and what made it try again until then. */
export function whyFailed({ exchange, routingKey, returned, failure, lost, signal }: RunEnd): string {
  if (returned > 0) return `no queue takes '${routingKey}' of exchange '${exchange}'`;
  const end = failure?.message ?? `stopped by ${stoppedBy(signal)} without a connection`;
  return lost === undefined ? end : `${end}; before that: ${messageOf(lost)}`;
}

/** @returns the name of the signal, or of the variable that holds the deadline */
export function stoppedBy({ reason }: AbortSignal): string {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? 'DEADLINE_SECONDS'
    : String(reason);
}
