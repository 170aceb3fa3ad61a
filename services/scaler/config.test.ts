import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latch, type ScalerConfig, type Target } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { crossFaults, leaseOf, readConfigFile } from './config.ts';

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

describe('the file', () => {
  it('is read as it is', () => {
    expect(readConfigFile(fileOf(JSON.stringify(deployment)))).toEqual({ config: deployment });
  });

  it('is refused with every fault at once', () => {
    const found = readConfigFile(fileOf(JSON.stringify({ ...deployment, pollSeconds: 0, workloads: [{}] })));
    expect('faults' in found && found.faults.length).toBeGreaterThan(3);
  });

  it.each([join(directory, 'absent.json'), fileOf('not JSON')])(
    'is named when it cannot be read (%s)',
    (path) => {
      expect(readConfigFile(path)).toEqual({
        faults: [expect.stringContaining(`'CONFIG_FILE' (${path}) must`)],
      });
    },
  );
});

describe('the lease', () => {
  const all = { LEASE_NAME: 'scaler', LEASE_NAMESPACE: 'scaler', POD_NAME: 'scaler-0' };

  it('is absent without a name', () => {
    expect(leaseOf({})).toBeUndefined();
    expect(crossFaults({ POD_NAME: 'scaler-0' }, processes)).toEqual([]);
  });

  it('is named by all three variables', () => {
    expect(leaseOf(all)).toEqual({ name: 'scaler', namespace: 'scaler' });
    expect(crossFaults(all, deployment)).toEqual([]);
    expect(crossFaults({ LEASE_NAME: 'scaler' }, deployment)).toEqual([
      "'LEASE_NAMESPACE' is needed where a Lease is named (LEASE_NAME, LEASE_NAMESPACE, POD_NAME)",
      "'POD_NAME' is needed where a Lease is named (LEASE_NAME, LEASE_NAMESPACE, POD_NAME)",
    ]);
  });

  it('cannot guard processes of this machine', () => {
    expect(crossFaults(all, processes)).toEqual([
      "'LEASE_NAME' (scaler) must be absent where workload 'jobs' runs local processes",
    ]);
  });
});
