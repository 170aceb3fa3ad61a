import { expect, it } from 'vitest';
import { isAlarm } from './sessions.ts';

const closed = (code: number, text: string) =>
  Object.assign(new Error(`Channel closed by server: ${code} (X) with message "${text}"`), { code });

it.each([
  [406, 'PRECONDITION_FAILED - low disk space', true],
  [406, 'PRECONDITION_FAILED - disk alarm', true],
  [406, 'PRECONDITION_FAILED - out of memory', true],
  [406, "PRECONDITION_FAILED - inequivalent arg 'x-max-in-memory-length' for queue 'low disk'", false],
  [406, 'PRECONDITION_FAILED - unknown delivery tag 7', false],
  [404, "NOT_FOUND - no queue 'disk' in vhost 'memory'", false],
  [320, 'CONNECTION_FORCED - low disk space', false],
])('a channel closed with %i %j is an alarm: %s', (code, text, alarm) => {
  expect(isAlarm(closed(code, text))).toBe(alarm);
});

it('nothing is no alarm', () => {
  expect([isAlarm(undefined), isAlarm(new Error('read ECONNRESET'))]).toEqual([false, false]);
});
