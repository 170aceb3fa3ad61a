import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { environment } from './config.ts';
import { redaction } from './query.ts';
import { BatchedLineWriter, queryLog } from './query-log.ts';

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

it('writes the line that the README shows', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
  const lines: string[] = [];
  const shown = { ...limits, parameters: 32, nameLength: 64, valueLength: 256 };
  const log = queryLog({ limits: shown, write: (line) => lines.push(line), now: () => 1_767_225_600_000 });
  log({ method: 'GET', path: '/api/orders', query: { customer: '4711', access_token: 'sesame' } });
  expect(lines).toEqual([`${JSON.stringify(JSON.parse(example))}\n`]);
});

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

/** A file that takes at most `most` bytes a call, and refuses the calls that `refuses` counts. */
function fakeFile({ most = Number.POSITIVE_INFINITY, refuses = 0, code = 'EAGAIN' } = {}) {
  const calls: string[] = [];
  const tasks: (() => void)[] = [];
  let refusals = refuses;
  const writer = new BatchedLineWriter({
    fd: 1,
    endOfTurn: (task) => void tasks.push(task),
    write: (_fd, bytes) => {
      if (refusals > 0) {
        refusals -= 1;
        throw Object.assign(new Error(code), { code });
      }
      const taken = bytes.subarray(0, most);
      calls.push(Buffer.from(taken).toString('latin1'));
      return taken.length;
    },
  });
  const endTurn = () => {
    for (const task of tasks.splice(0)) task();
  };
  return { writer, calls, endTurn };
}

it('writes the lines of one turn at once, when the turn ends', () => {
  const { writer, calls, endTurn } = fakeFile();
  writer.line('a\n');
  writer.line('b\n');
  expect(calls).toEqual([]);
  endTurn();
  writer.line('c\n');
  endTurn();
  endTurn();
  expect(calls).toEqual(['a\nb\n', 'c\n']);
});

it('does not let a turn pile up lines without bound', () => {
  const { writer, calls } = fakeFile();
  for (let line = 0; line < 1000; line += 1) writer.line(`${'x'.repeat(99)}\n`);
  expect(calls.length).toBe(1);
  expect(calls.join('').length).toBeGreaterThan(65_000);
});

it('goes on where the system took only a part, in the midst of a character too', () => {
  const { writer, calls, endTurn } = fakeFile({ most: 3 });
  writer.line('aé\u{1f600}\n');
  endTurn();
  expect(Buffer.from(calls.join(''), 'latin1').toString()).toBe('aé\u{1f600}\n');
  expect(calls.length).toBe(3);
});

it('waits for a reader that is behind', () => {
  const { writer, calls, endTurn } = fakeFile({ refuses: 2 });
  writer.line('a\n');
  endTurn();
  expect(calls).toEqual(['a\n']);
});

it('hides no other failure', () => {
  const { writer, endTurn } = fakeFile({ refuses: 1, code: 'ENOSPC' });
  writer.line('a\n');
  expect(endTurn).toThrow('ENOSPC');
});

it('has written everything when the process exits in the midst of a turn', () => {
  const source = `import { BatchedLineWriter } from '${new URL('query-log.ts', import.meta.url).href}';
    const out = new BatchedLineWriter({ fd: 1 });
    process.on('exit', () => out.flush());
    for (let line = 0; line < 5000; line += 1) out.line('line ' + line + '\\n');
    process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
  });
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('line 4999');
});
