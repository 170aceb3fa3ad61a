import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latch, type ScalerConfig, type Target } from '@sluice/policy';
import { ConfigError, parseConfig } from '@sluice/runtime';
import { describe, expect, it } from 'vitest';
import { environment, settingsOf } from './config.ts';

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

const settings = (env: Record<string, string>) => settingsOf(parseConfig(environment, env));
const written = (config: unknown) => ({ CONFIG_FILE: fileOf(JSON.stringify(config)) });

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    settings(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('has defaults for everything but the file', () => {
    expect(settings(written(deployment))).toEqual({ file: deployment, lease: undefined });
    expect(faultsOf({})).toEqual(["'CONFIG_FILE' must be set"]);
  });

  it('is refused with every fault of the file and of the Lease at once', () => {
    const file = written({ ...deployment, pollSeconds: 0 });
    expect(faultsOf({ ...file, LEASE_NAME: 'scaler' })).toEqual([
      expect.stringMatching(/^'pollSeconds' \(0\) must/),
      "'LEASE_NAMESPACE' must be set where a Lease is named",
    ]);
  });

  it.each([join(directory, 'absent.json'), fileOf('not JSON')])(
    'names a file that cannot be read (%s)',
    (path) => {
      expect(faultsOf({ CONFIG_FILE: path })).toEqual([
        expect.stringContaining(`'CONFIG_FILE' (${path}) must`),
      ]);
    },
  );

  it('names a Lease by two variables, and none for processes of this machine', () => {
    const lease = { LEASE_NAME: 'scaler', LEASE_NAMESPACE: 'apps' };
    expect(settings({ ...written(deployment), ...lease }).lease).toEqual({
      name: 'scaler',
      namespace: 'apps',
    });
    expect(faultsOf({ ...written(processes), ...lease })).toEqual([
      "'LEASE_NAME' (scaler) must be absent where 'jobs' runs local processes",
    ]);
  });
});
