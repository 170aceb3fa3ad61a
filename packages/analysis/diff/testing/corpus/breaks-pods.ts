import { object, workload } from '../../testing.ts';
import { account, type BreakRow, claim, config, headless, reader } from '../chains.ts';

export const pods = 'kubernetes.io, Configure a Pod to use a ConfigMap: "Restrictions"';

export const rows: readonly BreakRow[] = [
  [
    'a ConfigMap removed that a pod mounts',
    [reader('volumes: [{name: a, configMap: {name: settings}}],'), config],
    config,
    '',
    /Deployment shop\/web mounts: ConfigMap shop\/settings is not there/,
    pods,
  ],
  [
    'a key of a ConfigMap that a variable reads',
    [reader('', 'env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: level}}}]'), config],
    ', level: debug',
    '',
    /ConfigMap shop\/settings has no key level; it has mode/,
    pods,
  ],
  [
    'a key of a ConfigMap that a volume lists',
    [reader('volumes: [{name: a, configMap: {name: settings, items: [{key: level, path: l}]}}],'), config],
    'level: debug',
    'depth: debug',
    /has no key level/,
    pods,
  ],
  [
    'a Secret removed that a pod reads',
    [reader('', 'envFrom: [{secretRef: {name: web}}]'), object('v1', 'Secret', 'data: {a: YQ==}')],
    object('v1', 'Secret', 'data: {a: YQ==}'),
    '',
    /reads at its start: Secret shop\/web is not there/,
    'kubernetes.io, Secrets',
  ],
  [
    'a key of a Secret',
    [
      reader('', 'env: [{name: A, valueFrom: {secretKeyRef: {name: web, key: a}}}]'),
      object('v1', 'Secret', 'data: {a: YQ==}'),
    ],
    'data: {a:',
    'data: {b:',
    /Secret shop\/web has no key a/,
    'kubernetes.io, Secrets',
  ],
  [
    'an ExternalSecret that no longer fetches a key',
    [
      reader('', 'env: [{name: A, valueFrom: {secretKeyRef: {name: web, key: a}}}]'),
      object(
        'external-secrets.io/v1',
        'ExternalSecret',
        'spec: {data: [{secretKey: a, remoteRef: {key: x}}]}',
      ),
    ],
    'secretKey: a',
    'secretKey: b',
    /has no key a; it has b/,
    'external-secrets.io, API: ExternalSecret spec.data',
  ],
  [
    'a ServiceAccount removed',
    [reader('serviceAccountName: web,'), account],
    account,
    '',
    /runs as: ServiceAccount shop\/web is not there/,
    'kubernetes.io, Configure Service Accounts for Pods',
  ],
  [
    'another ServiceAccount',
    [reader('serviceAccountName: web,'), account],
    'serviceAccountName: web',
    'serviceAccountName: wbe',
    /ServiceAccount shop\/wbe is not there/,
    'kubernetes.io, Configure Service Accounts for Pods',
  ],
  [
    'a PriorityClass removed',
    [
      reader('priorityClassName: high,'),
      '{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1}',
    ],
    /{apiVersion: scheduling.*/,
    '',
    /has the priority: PriorityClass high is not there/,
    'kubernetes.io, Pod Priority and Preemption',
  ],
  [
    'a claim removed',
    [reader('volumes: [{name: a, persistentVolumeClaim: {claimName: web}}],'), claim],
    claim,
    '',
    /stores in: PersistentVolumeClaim shop\/web is not there/,
    'kubernetes.io, Persistent Volumes',
  ],
  [
    'the headless Service of a StatefulSet',
    [workload('StatefulSet', 'image: "a:1"', 'serviceName: web,'), headless],
    headless,
    '',
    /StatefulSet shop\/web names its pods by: Service shop\/web is not there/,
    'kubernetes.io, StatefulSets',
  ],
  [
    'a pull secret removed',
    [reader('imagePullSecrets: [{name: web}],'), object('v1', 'Secret', 'data: {}')],
    object('v1', 'Secret', 'data: {}'),
    '',
    /Secret shop\/web is not there/,
    'kubernetes.io, Images',
  ],
];
