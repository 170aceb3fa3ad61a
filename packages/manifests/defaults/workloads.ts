import { below, type Defaults, type Siblings } from './table.ts';

const rolling = { 'rollingUpdate.maxSurge': '25%', 'rollingUpdate.maxUnavailable': '25%' };

/** @see pkg/apis/batch/v1/defaults.go */
const replacement = ({ podFailurePolicy }: Siblings): string =>
  podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
const jobs = {
  ...{ backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: replacement },
  parallelism: 1,
  completions: ({ parallelism }: Siblings) => (parallelism === undefined ? 1 : undefined),
};

/** Of what makes pods. @see pkg/apis/apps/v1/defaults.go */
export const workloadDefaults: Defaults = [
  ...below('Deployment.spec', {
    paused: false,
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    'strategy.type': 'RollingUpdate',
  }),
  ...below('Deployment.spec.strategy', rolling),
  ...below('StatefulSet.spec', {
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    serviceName: '',
    'updateStrategy.type': 'RollingUpdate',
    'updateStrategy.rollingUpdate.partition': 0,
    'persistentVolumeClaimRetentionPolicy.whenDeleted': 'Retain',
    'persistentVolumeClaimRetentionPolicy.whenScaled': 'Retain',
    'ordinals.start': 0,
    'volumeClaimTemplates.*.apiVersion': 'v1',
    'volumeClaimTemplates.*.kind': 'PersistentVolumeClaim',
  }),
  ...below('DaemonSet.spec', {
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    'updateStrategy.type': 'RollingUpdate',
    'updateStrategy.rollingUpdate.maxUnavailable': 1,
    'updateStrategy.rollingUpdate.maxSurge': 0,
  }),
  ...below('CronJob.spec', {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  }),
  ...['Job.spec', 'CronJob.spec.jobTemplate.spec'].flatMap((place) => below(place, jobs)),
];
