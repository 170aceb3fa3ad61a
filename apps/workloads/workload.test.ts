import { latch } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../environments/environment.ts';
import { ChartError } from '../../packages/contracts/checks.ts';
import { environments, local, render, systemIn, withOverrides } from '../testing/desired-state.ts';
import { consumer, type TestEnvironment, typed } from '../testing/workloads.ts';

const told = (environment: Environment, path: string): string => render([environment]).get(path) ?? '';
const DEPLOYMENT = 'local/consumer/deployment-consumer.consumer.yaml';

describe('what an environment wants otherwise of a workload', () => {
  it('goes into what is made of it: a setting of its own into the variables and bounds that follow', () => {
    const slower = withOverrides(local, { consumer: { workSeconds: 9 } });
    expect(told(slower, DEPLOYMENT)).toMatch(/name: WORK_SECONDS\s+value: "9"/);
    expect(() => render([withOverrides(local, { consumer: { workSeconds: 31 } })])).toThrow(
      "'stopDeadlineSeconds' (30) must be at least 'prefetch' (1) x 'longestJobSeconds' (31)",
    );
  });

  it('replaces a value that the workload itself does not say', () => {
    const image = 'registry.example/consumer:2.0.0';
    expect(told(withOverrides(local, { consumer: { image } }), DEPLOYMENT)).toContain(`image: ${image}\n`);
  });

  it('is what its settings are there, and nothing where it is absent', () => {
    const policy = latch({ replicas: 2, startWhen: { readyAtLeast: 1 } });
    expect(consumer.settingsIn(withOverrides(local, { consumer: { policy } }))).toMatchObject({
      ...{ policy, workSeconds: 5 },
    });
    expect(consumer.settingsIn(withOverrides(local, { consumer: 'absent' }))).toBeUndefined();
  });

  it('takes every object of it away by one word', () => {
    const without = withOverrides(local, { consumer: 'absent', publisher: 'absent' });
    expect([...render([without]).keys()].filter((path) => /consumer|publisher/.test(path))).toEqual([]);
    expect(systemIn(without)).toMatchObject({ queues: [], arrivals: [] });
  });

  it('must be of a workload that exists, and every other name is reported', () => {
    const misspelt = { ...local, workloads: { consumr: {}, api: {}, publishers: 'absent' } as object };
    expect(() => systemIn(misspelt)).toThrow(ChartError);
    expect(() => systemIn(misspelt)).toThrow(
      "Environment 'local': 'workloads.consumr' must name one of the workloads (publisher, consumer, api); 'workloads.publishers' must name one of the workloads (publisher, consumer, api)",
    );
  });

  it('is known to the types: the name, the property and its value', () => {
    const wrong: readonly TestEnvironment['workloads'][] = [
      // @ts-expect-error There is no such workload.
      { consumr: {} },
      // @ts-expect-error It has no such property.
      { consumer: { everyMinutes: 10 } },
      // @ts-expect-error It is a number.
      { publisher: { jobsPerRun: 'ten' } },
      // @ts-expect-error A queue worker has a policy of the core.
      { consumer: { policy: { kind: 'sometimes' } } },
    ];
    expect(wrong).toHaveLength(4);
  });

  it('leaves the others as they are', () => {
    const busy = typed({ ...local, workloads: { publisher: { jobsPerRun: 7 } } });
    const before = render(environments);
    const changed = [...render([busy])].filter(([path, text]) => before.get(path) !== text);
    expect(changed.map(([path]) => path)).toEqual(['local/publisher/cronjob-publisher.publisher.yaml']);
  });
});
