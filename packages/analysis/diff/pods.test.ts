import { describe, expect, it } from 'vitest';
import { compareYaml, object, type Row, workload } from './testing.ts';

const image = 'image: "a:1"';
const deployment = (container = image, spec = '', pod = ''): string =>
  workload('Deployment', container, spec, pod);
const both = (...objects: string[]): string => objects.join('\n---\n');
const configMap = (value: string, metadata = ''): string =>
  object('v1', 'ConfigMap', `data: {mode: ${value}}`, metadata);
const mounts = 'volumes: [{name: config, configMap: {name: web}}],';
const once = `${image}, volumeMounts: [{name: config, mountPath: /etc/web, subPath: web}]`;
const checksum = (sum: string): string =>
  deployment(image, '', mounts).replace(
    'labels: {app: web}}',
    `annotations: {sum: ${sum}}, labels: {app: web}}`,
  );
const cron = (rest: string): string =>
  object(
    'batch/v1',
    'CronJob',
    `spec: {schedule: "@hourly", jobTemplate: {spec: {template: {spec: {${rest}}}}}}`,
  );
const hpa = (spec: string): string => object('autoscaling/v2', 'HorizontalPodAutoscaler', `spec: {${spec}}`);
const cpu = '{type: Resource, resource: {name: cpu}}';
const mem = '{type: Resource, resource: {name: memory}}';

const rows: readonly Row[] = [
  [
    'another image',
    deployment(),
    deployment('image: "a:2"'),
    'config',
    /rolling restart of Deployment shop\/web/,
  ],
  [
    'another image where all pods stop first',
    deployment(image, 'strategy: {type: Recreate},'),
    deployment('image: "a:2"', 'strategy: {type: Recreate},'),
    'config',
    /all pods at once/,
  ],
  [
    'another image of a StatefulSet',
    workload('StatefulSet', image),
    workload('StatefulSet', 'image: b'),
    'config',
    /rolling restart of StatefulSet/,
  ],
  [
    'another image of a DaemonSet that waits',
    workload('DaemonSet', image, 'updateStrategy: {type: OnDelete},'),
    workload('DaemonSet', 'image: b', 'updateStrategy: {type: OnDelete},'),
    'config',
    /when they are deleted/,
  ],
  [
    'a new variable',
    deployment(),
    deployment(`${image}, env: [{name: A, value: b}]`),
    'config',
    /rolling restart/,
  ],
  [
    'a label of the pods',
    deployment(),
    deployment().replace('labels: {app: web}}', 'labels: {app: web, tier: a}}'),
    'config',
    /rolling restart/,
  ],
  [
    'less memory',
    deployment(`${image}, resources: {limits: {memory: 1Gi}}`),
    deployment(`${image}, resources: {limits: {memory: 1023Mi}}`),
    'config',
    /rolling restart/,
  ],
  [
    'the same memory',
    deployment(`${image}, resources: {limits: {memory: 1Gi, cpu: 1000m}}`),
    deployment(`${image}, resources: {limits: {memory: 1024Mi, cpu: 1}}`),
    undefined,
    /^$/,
  ],
  ['no arguments, written down', deployment(), deployment(`${image}, args: [], env: []`), undefined, /^$/],
  [
    'an empty volume instead of none',
    deployment(image, '', 'volumes: [{name: tmp}],'),
    deployment(image, '', 'volumes: [{name: tmp, emptyDir: {}}],'),
    'config',
    /rolling restart/,
  ],
  [
    'variables in another order',
    deployment(`${image}, env: [{name: A, value: a}, {name: B, value: b}]`),
    deployment(`${image}, env: [{name: B, value: b}, {name: A, value: a}]`),
    undefined,
    /^$/,
  ],
  [
    'variables that name each other in another order',
    deployment(`${image}, env: [{name: A, value: a}, {name: B, value: $(A)}]`),
    deployment(`${image}, env: [{name: B, value: $(A)}, {name: A, value: a}]`),
    'config',
    /rolling restart/,
  ],
  [
    'arguments in another order',
    deployment(`${image}, args: [a, b]`),
    deployment(`${image}, args: [b, a]`),
    'config',
    /rolling restart/,
  ],
  [
    'init containers in another order',
    deployment(image, '', 'initContainers: [{name: a}, {name: b}],'),
    deployment(image, '', 'initContainers: [{name: b}, {name: a}],'),
    'config',
    /rolling restart/,
  ],
  [
    'tolerations in another order',
    deployment(image, '', 'tolerations: [{key: a}, {key: b}],'),
    deployment(image, '', 'tolerations: [{key: b}, {key: a}],'),
    undefined,
    /^$/,
  ],
  [
    'more replicas',
    deployment(image, 'replicas: 2,'),
    deployment(image, 'replicas: 3,'),
    'scaling',
    /replicas of Deployment/,
  ],
  [
    'replicas left to an autoscaler',
    deployment(image, 'replicas: 2,'),
    deployment(),
    'scaling',
    /whoever else/,
  ],
  [
    'another selector',
    deployment(),
    deployment().replaceAll('app: web', 'app: shop'),
    'recreate',
    /immutable/,
  ],
  [
    'another history limit',
    deployment(image, 'revisionHistoryLimit: 3,'),
    deployment(image, 'revisionHistoryLimit: 4,'),
    'config',
    /in place/,
  ],
  [
    'a Job with another image',
    object('batch/v1', 'Job', 'spec: {template: {spec: {containers: [{name: a, image: a}]}}}'),
    object('batch/v1', 'Job', 'spec: {template: {spec: {containers: [{name: a, image: b}]}}}'),
    'recreate',
    /new Job/,
  ],
  [
    'a Job with more tries',
    object('batch/v1', 'Job', 'spec: {backoffLimit: 1}'),
    object('batch/v1', 'Job', 'spec: {backoffLimit: 2}'),
    'config',
    /in place/,
  ],
  [
    'a CronJob with another image',
    cron('containers: [{name: a, image: a}]'),
    cron('containers: [{name: a, image: b}]'),
    'config',
    /next run/,
  ],
  [
    'a pod with another image',
    object('v1', 'Pod', 'spec: {containers: [{name: a, image: a}]}'),
    object('v1', 'Pod', 'spec: {containers: [{name: a, image: b}]}'),
    'config',
    /restart of the container/,
  ],
  [
    'a pod with another command',
    object('v1', 'Pod', 'spec: {containers: [{name: a, command: [a]}]}'),
    object('v1', 'Pod', 'spec: {containers: [{name: a, command: [b]}]}'),
    'recreate',
    /new pod/,
  ],
  ['a ConfigMap that no pod reads', configMap('a'), configMap('b'), 'config', /no pod template/],
  [
    'a mounted ConfigMap',
    both(configMap('a'), deployment(image, '', mounts)),
    both(configMap('b'), deployment(image, '', mounts)),
    'config',
    /without a restart/,
  ],
  [
    'a ConfigMap mounted as a single file',
    both(configMap('a'), deployment(once, '', mounts)),
    both(configMap('b'), deployment(once, '', mounts)),
    'config',
    /until its next restart/,
  ],
  [
    'a ConfigMap of a CronJob',
    both(configMap('a'), cron('volumes: [{name: a, projected: {sources: [{configMap: {name: web}}]}}]')),
    both(configMap('b'), cron('volumes: [{name: a, projected: {sources: [{configMap: {name: web}}]}}]')),
    'config',
    /next run of CronJob/,
  ],
  [
    'a ConfigMap in the environment of a pod',
    both(configMap('a'), deployment(`${image}, envFrom: [{configMapRef: {name: web}}]`)),
    both(configMap('b'), deployment(`${image}, envFrom: [{configMapRef: {name: web}}]`)),
    'config',
    /until its next restart/,
  ],
  [
    'a ConfigMap with its checksum in the template',
    both(configMap('a'), checksum('1')),
    both(configMap('b'), checksum('2')),
    'config',
    /rolling restart of Deployment shop\/web, whose template/,
  ],
  [
    'a scaler that is told otherwise',
    configMap('a', 'labels: {app.kubernetes.io/component: scaler}'),
    configMap('b', 'labels: {app.kubernetes.io/component: scaler}'),
    'scaling',
    /configuration of the scaler/,
  ],
  ['another mark of an HPA', hpa('maxReplicas: 5'), hpa('maxReplicas: 9'), 'scaling', /how many pods/],
  [
    'metrics of an HPA in another order',
    hpa(`metrics: [${cpu}, ${mem}]`),
    hpa(`metrics: [${mem}, ${cpu}]`),
    undefined,
    /^$/,
  ],
  [
    'another trigger',
    object('keda.sh/v1alpha1', 'ScaledObject', 'spec: {maxReplicaCount: 1}'),
    object('keda.sh/v1alpha1', 'ScaledObject', 'spec: {maxReplicaCount: 2}'),
    'scaling',
    /how many pods/,
  ],
  [
    'a paused trigger',
    object('keda.sh/v1alpha1', 'ScaledObject', 'spec: {}'),
    object(
      'keda.sh/v1alpha1',
      'ScaledObject',
      'spec: {}',
      'annotations: {autoscaling.keda.sh/paused: "true"}',
    ),
    'scaling',
    /pauses/,
  ],
  [
    'another disruption budget',
    object('policy/v1', 'PodDisruptionBudget', 'spec: {maxUnavailable: 1}'),
    object('policy/v1', 'PodDisruptionBudget', 'spec: {maxUnavailable: 2}'),
    'scaling',
    /how many pods/,
  ],
  [
    'a new autoscaler',
    workload('Deployment', 'image: "a:1"'),
    `${workload('Deployment', 'image: "a:1"')}\n---\n${hpa('scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 5')}`,
    'scaling',
    /added/,
  ],
];

describe('a change of what runs', () => {
  it.each(rows)('%s', (_, base, head, rank, word) => {
    const { worst, changes } = compareYaml(base, head);
    expect(worst).toBe(rank);
    expect(changes.flatMap(({ reasons }) => reasons).join('; ')).toMatch(word);
  });
});
