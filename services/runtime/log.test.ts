import { expect, it } from 'vitest';
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
