import { expect, it } from 'vitest';
import { redaction } from './query.ts';
import { queryLog } from './query-log.ts';

const limits = { parameters: 4, nameLength: 16, valueLength: 32, redacts: redaction('token') };
function logged() {
  const lines: string[] = [];
  const log = queryLog({ limits, write: (line) => lines.push(line), now: () => 1_767_225_600_000 });
  return { lines, log };
}

it('writes a line as the logger of the services does', () => {
  const { lines, log } = logged();
  expect(log({ method: 'GET', path: '/api/a', query: { name: 'v\n', token: 't' } })).toBe(
    '{"name":"v\\n","token":"t"}',
  );
  expect(lines).toEqual([
    `${JSON.stringify({
      ...{ level: 30, time: 1_767_225_600_000, service: 'api', method: 'GET', path: '/api/a' },
      ...{ query: { name: 'v\n', token: '[redacted]' }, truncated: false, msg: 'query received' },
    })}\n`,
  ]);
});

it('cuts a long path and says so', () => {
  const { lines, log } = logged();
  log({ method: 'GET', path: `/api/${'x'.repeat(100)}`, query: {} });
  expect(JSON.parse(lines.join(''))).toMatchObject({ path: `/api/${'x'.repeat(27)}`, truncated: true });
});

it('answers also when nothing is logged', () => {
  const silent = queryLog({ limits });
  expect(silent({ method: 'GET', path: '/api', query: { a: '1' } })).toBe('{"a":"1"}');
});
