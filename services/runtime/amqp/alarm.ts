import { messageOf } from '../errors.ts';

const PRECONDITION_FAILED = 406;
/** `low disk space`, `disk alarm`, `out of memory`. */
const WANT =
  /\b(low|out of|insufficient|no|not enough)\b[^']*\b(disk|memory)\b|\b(disk|memory)\b[^']*\b(alarm|low|full|exceeded)\b/i;

/**
 * Whether a broker refused to take messages for want of disk or memory. RabbitMQ blocks the connection, which is no
 * error; LavinMQ closes the channel that publishes with 406 and says why. The same code also stands for arguments
 * that do not fit, which quote names.
 */
export function isAlarm(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const text = messageOf(error);
  return (
    (code === PRECONDITION_FAILED || /\b406\b/.test(text)) && WANT.test(text) && !/inequivalent/i.test(text)
  );
}
