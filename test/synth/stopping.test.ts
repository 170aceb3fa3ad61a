import { describe, expect, it } from 'vitest';
import { images } from '../../environments/images.ts';
import { containersOf, workloads } from './dist.ts';

describe('stopping', () => {
  const seconds = (workload: (typeof workloads)[number], name: string): number => {
    const value = containersOf(workload)[0]?.env?.find((each) => each.name === name)?.value;
    return value === undefined ? Number.NaN : Number(value);
  };
  const everySeconds = (schedule: string): number => {
    if (/^\d+ \d+ \* \* \*$/.test(schedule)) return 86_400;
    if (/^\d+ \* \* \* \*$/.test(schedule)) return 3600;
    return Number(/^(?:\*|\d+-59)\/(\d+) \* \* \* \*$/.exec(schedule)?.[1]) * 60;
  };

  const runs =
    (image: string) =>
    (workload: (typeof workloads)[number]): boolean =>
      containersOf(workload).some((container) => container.image === image);

  it('leaves a consumer time for the job in flight before the kill', () => {
    for (const consumer of workloads.filter(runs(images.consumer))) {
      const deadline = seconds(consumer, 'STOP_DEADLINE_SECONDS');
      expect(deadline).toBeGreaterThanOrEqual(seconds(consumer, 'WORK_SECONDS'));
      expect(consumer.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(deadline);
    }
  });

  it('leaves the web service time to be forgotten, to close its connections and to answer, before the kill', () => {
    for (const service of workloads.filter(runs(images.api))) {
      const steps = ['DRAIN_DELAY_SECONDS', 'LINGER_SECONDS', 'STOP_DEADLINE_SECONDS'];
      const total = steps.reduce((sum, step) => sum + seconds(service, step), 0);
      expect(total).toBeGreaterThan(0);
      expect(service.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(total);
    }
  });

  it('lets every Job finish all its tries, and a CronJob do so before the next run', () => {
    for (const workload of workloads) {
      const { object, job } = workload;
      if (job === undefined) continue;
      const tries = job.backoffLimit + 1;
      // An image that is not of this repository may give up in a way of its own.
      const deadline = seconds(workload, 'DEADLINE_SECONDS') || 1;
      expect(job.activeDeadlineSeconds).toBeGreaterThanOrEqual(tries * deadline);
      if (object.kind === 'CronJob' && object.spec.suspend !== true)
        expect(job.activeDeadlineSeconds).toBeLessThan(everySeconds(object.spec.schedule));
    }
  });

  it('retries no Job with a bad configuration, and counts no try that a drain ended', () => {
    for (const { job, template } of workloads) {
      if (job === undefined) continue;
      const [configuration, disruption] = job.podFailurePolicy.rules;
      const [container] = template.spec.containers;
      expect(configuration).toMatchObject({
        ...{
          action: 'FailJob',
          onExitCodes: { containerName: container?.name, operator: 'In', values: [2] },
        },
      });
      expect(disruption).toMatchObject({ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] });
      expect(template.spec.restartPolicy).toBe('Never');
    }
  });
});
