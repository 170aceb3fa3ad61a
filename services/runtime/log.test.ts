import { spawnSync } from 'node:child_process';
import { expect, it, test } from 'vitest';
import { createLogger } from './log.ts';

it('writes one JSON line an event, without secrets', () => {
  const lines: string[] = [];
  const log = createLogger('consumer', 'info', { write: (line) => lines.push(line) });
  log.debug('not shown');
  log.info(
    { jobId: 'r-1', password: 'sesame', target: { password: 'sesame', hostname: 'h' } },
    'job processed',
  );
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    ...{ service: 'consumer', jobId: 'r-1', msg: 'job processed' },
    password: '[redacted]',
    target: { password: '[redacted]', hostname: 'h' },
  });
  expect(lines.join()).not.toContain('sesame');
});

test('a line is out when the call returns, also when the process is killed right after', () => {
  const source = `import { createLogger } from '${new URL('log.ts', import.meta.url).href}';
    createLogger('doomed', 'info').info({ jobId: 'a-1' }, 'job processed');
    process.kill(process.pid, 'SIGKILL');`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
  });
  expect(signal).toBe('SIGKILL');
  expect(JSON.parse(stdout)).toMatchObject({ service: 'doomed', jobId: 'a-1', msg: 'job processed' });
});

it('hides values whose name marks a secret, at any depth, and the credentials of URLs in any text', () => {
  const lines: string[] = [];
  const log = createLogger('consumer', 'info', { write: (line) => lines.push(line) });
  const error = Object.assign(new Error('no route to amqp://user:sesame@host/jobs'), {
    config: { headers: { Authorization: 'Basic sesame' } },
  });
  const query = [{ newpassword: 'sesame', clientSecret: 'sesame', otp: 'sesame', page: 2 }];
  log.warn(
    { err: error, query, idtoken: 'sesame', seen: 'http://admin:12#sesame@host is no URL' },
    'refused',
  );
  expect(lines.join()).not.toContain('sesame');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: { message: 'no route to amqp://[redacted]@host/jobs', config: { headers: {} } },
    query: [{ newpassword: '[redacted]', page: 2 }],
    seen: 'http://[redacted]@host is no URL',
  });
});

it('takes facts that hold themselves', () => {
  const lines: string[] = [];
  const facts: Record<string, unknown> = { name: 'loop' };
  facts.self = facts;
  createLogger('consumer', 'info', { write: (line) => lines.push(line) }).info(facts, 'looped');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'looped', self: { name: 'loop' } });
});
