import { latch, parseScalerConfig, ScalerConfigError } from '@sluice/policy';
import { parseManagementUrl, UrlError } from '@sluice/runtime';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runs } from '../../../test/support/properties.ts';

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
const target = { kind: 'deployment', namespace: 'consumer', name: 'consumer' } as const;

function inFile(url: string): boolean {
  const source = { kind: 'detailed-metrics', url, vhost: '/', queue: 'jobs' };
  try {
    parseScalerConfig({ pollSeconds: 5, workloads: [{ name: 'jobs', source, target, policy }] });
    return true;
  } catch (error) {
    if (error instanceof ScalerConfigError) return false;
    throw error;
  }
}

function atRunTime(url: string): boolean {
  try {
    parseManagementUrl(url);
    return true;
  } catch (error) {
    if (error instanceof UrlError) return false;
    throw error;
  }
}

const part = fc.constantFrom(
  ...[
    'http',
    'https',
    'ftp',
    '://',
    ':/',
    '//',
    'broker',
    'admin',
    '[::1]',
    '10.0.0.1',
    ':',
    '15672',
    '0',
    '99999',
  ],
  ...['/', 'path', '?', 'a=b', '#', '@', '%', '%20', '\\', ' ', '\t', '\n', '<', '`', 'é', 'x_y', '..', '*'],
);
const url = fc.oneof(
  fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(part, { maxLength: 6 }).map((parts) => `http://broker${parts.join('')}`),
  fc.webUrl(),
  fc.string(),
);

it('a URL of the file is one for the runtime, and the other way round', () => {
  fc.assert(
    fc.property(url, (text) => {
      expect([text, inFile(text)]).toEqual([text, atRunTime(text)]);
    }),
    { numRuns: runs(1000) },
  );
});
