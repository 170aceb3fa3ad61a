import { messageOf } from '../errors.ts';

const PRECONDITION_FAILED = 406;

/**
 * Whether a broker refused to take messages for want of disk or memory. RabbitMQ blocks the connection, which is no
 * error; LavinMQ closes the channel that publishes with 406 and says why.
 */
export function isAlarm(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const text = messageOf(error);
  return (code === PRECONDITION_FAILED || /\b406\b/.test(text)) && /\b(disk|memory)\b/i.test(text);
}
