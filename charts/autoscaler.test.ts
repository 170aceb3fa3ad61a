import { constant, schedule } from '@sluice/policy';
import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { ChartError } from '../packages/contracts/checks.ts';
import { Autoscaler, type AutoscalerProps, cpuUtilization } from './autoscaler.ts';

const slow = { type: 'Percent', value: 10, periodSeconds: 60 } as const;
const rules = { stabilizationWindowSeconds: 60, policies: [slow], selectPolicy: 'Max' } as const;

const peaks = (replicas: number, minReplicas: number) =>
  schedule({
    policy: constant({ replicas, maxReplicas: 99 }),
    timeZone: 'Europe/Berlin',
    windows: [
      { start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas },
      { start: '0 22 * * *', end: '0 23 * * *', minReplicas: 2 },
    ],
  });

function specWith(minReplicas: AutoscalerProps['minReplicas']) {
  const scope = new Chart(Testing.app(), 'test');
  new Autoscaler(scope, 'x', {
    ...{ name: 'x', namespace: 'x', component: 'web', minReplicas, maxReplicas: 15 },
    ...{ metrics: [cpuUtilization(80)], behavior: { scaleUp: rules, scaleDown: rules } },
  });
  return scope.toJson()[0].spec;
}

function faultsWith(minReplicas: AutoscalerProps['minReplicas']): readonly string[] {
  try {
    specWith(minReplicas);
  } catch (error) {
    if (error instanceof ChartError) return error.faults;
    throw error;
  }
  return [];
}

describe('the minimum of an autoscaler', () => {
  it('is left out of the manifest where a schedule owns it', () => {
    expect(specWith(2)).toMatchObject({ minReplicas: 2, maxReplicas: 15 });
    expect(specWith(peaks(1, 3))).not.toHaveProperty('minReplicas');
    expect(specWith(peaks(1, 3)).maxReplicas).toBe(15);
  });

  it('stays between 1 and the maximum at any hour', () => {
    expect(faultsWith(peaks(0, 16))).toEqual([
      "'minReplicas' (0) must be a whole number of at least 1",
      "'minReplicas' (16) must not exceed 'maxReplicas' (15)",
    ]);
  });
});
