import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latch, type ScalerConfig, type Target } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { parseEnvironment } from './config.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-scaler-config-'));
let files = 0;
const fileOf = (content: string): string => {
  files += 1;
  const file = join(directory, `${files}.json`);
  writeFileSync(file, content);
  return file;
};
const configOf = (target: Target): ScalerConfig => ({
  pollSeconds: 5,
  workloads: [
    {
      name: 'jobs',
      source: { kind: 'detailed-metrics', url: 'http://broker:15692', vhost: '/', queue: 'jobs' },
      policy: latch({ replicas: 25, startWhen: { readyAtLeast: 100 } }),
      target,
    },
  ],
});
const deployment = configOf({ kind: 'deployment', namespace: 'consumer', name: 'consumer' });
const processes = configOf({ kind: 'process', command: ['node'], env: {}, graceSeconds: 1 });

const parse = (env: Record<string, string>) => parseEnvironment({ POD_NAME: 'scaler-0', ...env });
const written = (config: unknown) => ({ CONFIG_FILE: fileOf(JSON.stringify(config)) });

describe('the environment', () => {
  it('has defaults for everything but the file', () => {
    expect(parse(written(deployment))).toEqual({
      settings: {
        config: deployment,
        lease: undefined,
        instance: 'scaler-0',
        logLevel: 'info',
        http: { host: '0.0.0.0', port: 8080 },
      },
    });
  });

  it('is refused with every fault of it and of the file at once', () => {
    const file = written({ ...deployment, pollSeconds: 0 });
    expect(parse({ ...file, HTTP_PORT: '99999', LOG_LEVEL: 'loud', LEASE_NAME: 'scaler' })).toEqual({
      faults: [
        expect.stringMatching(/^'LOG_LEVEL' \(loud\)/),
        expect.stringMatching(/^'HTTP_PORT' \(99999\)/),
        expect.stringMatching(/^'pollSeconds' \(0\) must/),
        "'LEASE_NAMESPACE' must be set where a Lease is named",
      ],
    });
    expect(parse({})).toEqual({ faults: ["'CONFIG_FILE' must be set"] });
  });

  it.each([join(directory, 'absent.json'), fileOf('not JSON')])(
    'names a file that cannot be read (%s)',
    (path) => {
      expect(parse({ CONFIG_FILE: path })).toEqual({
        faults: [expect.stringContaining(`'CONFIG_FILE' (${path}) must`)],
      });
    },
  );

  it('names a Lease by two variables, and none for processes of this machine', () => {
    const lease = { LEASE_NAME: 'scaler', LEASE_NAMESPACE: 'apps' };
    expect(parse({ ...written(deployment), ...lease })).toMatchObject({
      settings: { lease: { name: 'scaler', namespace: 'apps' } },
    });
    expect(parse({ ...written(processes), ...lease })).toEqual({
      faults: ["'LEASE_NAME' (scaler) must be absent where 'jobs' runs local processes"],
    });
  });
});
