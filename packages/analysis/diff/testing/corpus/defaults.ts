import { workload } from '../../testing.ts';

const core = 'kubernetes v1.36.3 pkg/apis/core/v1/defaults.go';
const apps = 'kubernetes v1.36.3 pkg/apis/apps/v1/defaults.go';
const nulls =
  'Kubernetes API conventions, "Optional vs. Required": null is an optional field that is not set';

const of =
  (kind: string) =>
  (container = 'image: "a:1"', spec = '', pod = ''): string =>
    workload(kind, container, spec, pod);
const [deployment, set, daemons] = [of('Deployment'), of('StatefulSet'), of('DaemonSet')];
const template = (rest: string, spec = ''): string =>
  set(undefined, `volumeClaimTemplates: [{${rest} metadata: {name: data}, spec: {${spec}}}],`);

/** The two are one object to the API server. */
export const same: readonly (readonly [name: string, without: string, written: string, source: string])[] = [
  ['podManagementPolicy', set(), set(undefined, 'podManagementPolicy: OrderedReady,'), apps],
  [
    'updateStrategy of a StatefulSet',
    set(),
    set(undefined, 'updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}},'),
    apps,
  ],
  [
    'retention of claims',
    set(),
    set(undefined, 'persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain},'),
    apps,
  ],
  ['volumeMode in a claim template', template(''), template('', 'volumeMode: Filesystem'), core],
  [
    'apiVersion and kind of a claim template',
    template(''),
    template('apiVersion: v1, kind: PersistentVolumeClaim,'),
    apps,
  ],
  [
    'status of a claim template',
    template(''),
    template('status: {},'),
    'Kubernetes API conventions, "Spec and Status"',
  ],
  [
    'strategy of a Deployment',
    deployment(),
    deployment(
      undefined,
      'strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}},',
    ),
    apps,
  ],
  [
    'history of a Deployment',
    deployment(),
    deployment(undefined, 'revisionHistoryLimit: 10, progressDeadlineSeconds: 600, paused: false,'),
    apps,
  ],
  [
    'updateStrategy of a DaemonSet',
    daemons(),
    daemons(
      undefined,
      'updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1, maxSurge: 0}},',
    ),
    apps,
  ],
  [
    'fields of a pod',
    deployment(),
    deployment(
      undefined,
      '',
      'restartPolicy: Always, dnsPolicy: ClusterFirst, schedulerName: default-scheduler, terminationGracePeriodSeconds: 30, securityContext: {}, enableServiceLinks: true, hostNetwork: false,',
    ),
    core,
  ],
  [
    'fields of a container',
    deployment(),
    deployment(
      'image: "a:1", imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File, securityContext: {}',
    ),
    core,
  ],
  [
    'imagePullPolicy of latest',
    deployment('image: a'),
    deployment('image: a, imagePullPolicy: Always'),
    core,
  ],
  [
    'imagePullPolicy beside a port',
    deployment('image: "r:5000/a"'),
    deployment('image: "r:5000/a", imagePullPolicy: Always'),
    core,
  ],
  [
    'imagePullPolicy of a digest',
    deployment('image: "a@sha256:1"'),
    deployment('image: "a@sha256:1", imagePullPolicy: IfNotPresent'),
    core,
  ],
  [
    'protocol of a container port',
    deployment('ports: [{containerPort: 80}]'),
    deployment('ports: [{containerPort: 80, protocol: TCP}]'),
    core,
  ],
  [
    'a probe',
    deployment('livenessProbe: {httpGet: {port: 80}}'),
    deployment(
      'livenessProbe: {httpGet: {port: 80, scheme: HTTP, path: /}, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, initialDelaySeconds: 0}',
    ),
    core,
  ],
  [
    'apiVersion of a fieldRef',
    deployment('env: [{name: A, valueFrom: {fieldRef: {fieldPath: a}}}]'),
    deployment('env: [{name: A, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: a}}}]'),
    core,
  ],
  ['an empty variable', deployment('env: [{name: A}]'), deployment('env: [{name: A, value: ""}]'), core],
  [
    'modes of volumes',
    deployment(
      undefined,
      '',
      'volumes: [{name: a, secret: {secretName: a}}, {name: b, configMap: {name: a}}],',
    ),
    deployment(
      undefined,
      '',
      'volumes: [{name: a, secret: {secretName: a, defaultMode: 0644}}, {name: b, configMap: {name: a, defaultMode: 420, optional: false}}],',
    ),
    core,
  ],
  [
    'null for an absent field',
    deployment(),
    deployment(
      'image: "a:1", command: null, resources: null',
      'minReadySeconds: null,',
      'nodeSelector: null,',
    ),
    nulls,
  ],
  [
    'null for the time of creation',
    deployment(),
    deployment().replace('labels: {app: web}', 'creationTimestamp: null, labels: {app: web}'),
    nulls,
  ],
];
