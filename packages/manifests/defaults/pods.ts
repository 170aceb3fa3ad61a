import { below, type Defaults, type Siblings } from './table.ts';

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
