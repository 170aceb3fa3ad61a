import type { k8s } from 'cdk8s-plus-27';

/** The exit code of a service here for a bad configuration: another try would have the same one. */
const BAD_CONFIGURATION = 2;

/** A bad configuration fails the Job at once; a pod that a drain or a preemption ended is no failed try. */
export const failurePolicy = (containerName: string): k8s.PodFailurePolicy => ({
  rules: [
    {
      action: 'FailJob',
      onExitCodes: { containerName, operator: 'In', values: [BAD_CONFIGURATION] },
      onPodConditions: [],
    },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ],
});
