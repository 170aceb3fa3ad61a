import { expect, it } from 'vitest';
import { environment } from './config.ts';
import { redaction } from './query.ts';
import { queryLog } from './query-log.ts';

const limits = {
  parameters: 4,
  nameLength: 16,
  valueLength: 32,
  redacts: redaction(environment.parse({}).REDACTED_PARAMETERS),
};
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
  log({ method: 'GET', path: `/api${'/abcd'.repeat(20)}`, query: {} });
  const path = `/api${'/abcd'.repeat(20)}`.slice(0, 32);
  expect(JSON.parse(lines.join(''))).toMatchObject({ path, truncated: true });
});

it('answers also when nothing is logged', () => {
  const silent = queryLog({ limits });
  expect(silent({ method: 'GET', path: '/api', query: { a: '1' } })).toBe('{"a":"1"}');
});

it('shows no secret, however its parameter is written, nor one in the path', () => {
  const { lines, log } = logged();
  const names =
    'password1 newpassword newPassword clientsecret client_secret idtoken id_token sessionid PHPSESSID jwt otp ' +
    'X-Api-Key AUTHORIZATION user[password] pin code';
  for (const name of names.split(' ')) log({ method: 'GET', path: '/api', query: { [name]: 'hunter2' } });
  log({ method: 'GET', path: '/api/reset/hunter2', query: {} });
  log({ method: 'GET', path: '/api/token/hunter', query: {} });
  expect(lines).toHaveLength(names.split(' ').length + 2);
  expect(lines.join('')).not.toContain('hunter');
});
