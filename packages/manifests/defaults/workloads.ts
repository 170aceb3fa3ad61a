/** What a field has beside it. */
export type Siblings = Readonly<Record<string, unknown>>;

/** A value, or what follows from the fields beside. */
export type Default = string | number | boolean | ((siblings: Siblings) => unknown);

/** A place -> its default. */
export type Defaults = readonly (readonly [place: string, value: Default])[];

/** Every field of a table, below a place. */
export const below = (place: string, fields: Readonly<Record<string, Default>>): Defaults =>
  Object.entries(fields).map(([field, value]) => [`${place}.${field}`, value]);

const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const handler = { 'httpGet.scheme': 'HTTP', 'httpGet.path': '/', 'grpc.service': '' };
const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) =>
  below(`<container>.${name}`, { ...probe, ...handler, initialDelaySeconds: 0 }),
);
const hooks = ['postStart', 'preStop'].flatMap((name) => below(`<container>.lifecycle.${name}`, handler));

/** `latest`, or neither a tag nor a digest, is pulled again. */
function pullPolicy({ image }: Siblings): string | undefined {
  if (typeof image !== 'string') return undefined;
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1] ?? (digest === undefined ? 'latest' : '');
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** Of pods and their containers. @see pkg/apis/core/v1/defaults.go */
export const podDefaults: Defaults = [
  ...below('<pod>', {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
    enableServiceLinks: true,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    shareProcessNamespace: false,
    setHostnameAsFQDN: false,
    hostUsers: true,
    'securityContext.fsGroupChangePolicy': 'Always',
    'volumes.*.csi.readOnly': false,
    'volumes.*.nfs.readOnly': false,
    'volumes.*.emptyDir.medium': '',
    'volumes.*.iscsi.iscsiInterface': 'default',
    'volumes.*.iscsi.readOnly': false,
    'tolerations.*.operator': 'Equal',
    'topologySpreadConstraints.*.nodeAffinityPolicy': 'Honor',
    'topologySpreadConstraints.*.nodeTaintsPolicy': 'Ignore',
    'topologySpreadConstraints.*.minDomains': 1,
    'volumes.*.secret.defaultMode': 0o644,
    'volumes.*.secret.optional': false,
    'volumes.*.configMap.defaultMode': 0o644,
    'volumes.*.configMap.optional': false,
    'volumes.*.projected.defaultMode': 0o644,
    'volumes.*.projected.sources.*.serviceAccountToken.expirationSeconds': 3600,
    'volumes.*.downwardAPI.defaultMode': 0o644,
    'volumes.*.hostPath.type': '',
    'volumes.*.persistentVolumeClaim.readOnly': false,
  }),
  ...below('<container>', {
    imagePullPolicy: pullPolicy,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    stdin: false,
    stdinOnce: false,
    tty: false,
    'ports.*.protocol': 'TCP',
    'env.*.value': ({ valueFrom }) => (valueFrom === undefined ? '' : undefined),
    'env.*.valueFrom.fieldRef.apiVersion': 'v1',
    'env.*.valueFrom.resourceFieldRef.divisor': '0',
    'env.*.valueFrom.secretKeyRef.optional': false,
    'env.*.valueFrom.configMapKeyRef.optional': false,
    'volumeMounts.*.readOnly': false,
    'volumeMounts.*.mountPropagation': 'None',
    'volumeMounts.*.subPath': '',
    'securityContext.privileged': false,
    'securityContext.readOnlyRootFilesystem': false,
    'securityContext.procMount': 'Default',
  }),
  ...probes,
  ...hooks,
];

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
