import { object, type SourcedRow, workload } from '../../testing.ts';

const image = 'image: "a:1"';
const deployment = (container = image, spec = '', pod = ''): string =>
  workload('Deployment', container, spec, pod);
const cron = (rest: string): string =>
  object(
    'batch/v1',
    'CronJob',
    `spec: {schedule: "@hourly", jobTemplate: {spec: {template: {spec: {${rest}}}}}}`,
  );

const API = 'kubernetes v1.36.3 staging/src/k8s.io/api';
const VALIDATION = 'kubernetes v1.36.3 pkg/apis';
const deployments = 'kubernetes.io, Deployments: a rollout is triggered if and only if the template changes';
const quantities = 'kubernetes v1.36.3 apimachinery pkg/api/resource Quantity: canonical form';
const optional = 'Kubernetes API conventions, "Optional vs. Required"';
const variables = `${API}/core/v1/types.go EnvVar.value: $(VAR_NAME) is expanded by previously defined variables`;
const cronJobs = 'kubernetes.io, CronJob: changes apply to Jobs that start after them';
const hpas = 'kubernetes.io, Horizontal Pod Autoscaling';

export const rows: readonly SourcedRow[] = [
  [
    'another image',
    deployment(),
    deployment('image: "a:2"'),
    'config',
    /rolling restart of Deployment shop\/web/,
    deployments,
  ],
  [
    'another image where all pods stop first',
    deployment(image, 'strategy: {type: Recreate},'),
    deployment('image: "a:2"', 'strategy: {type: Recreate},'),
    'config',
    /all pods at once/,
    'kubernetes.io, Deployments',
  ],
  [
    'another image of a StatefulSet',
    workload('StatefulSet', image),
    workload('StatefulSet', 'image: b'),
    'config',
    /rolling restart of StatefulSet/,
    'kubernetes.io, StatefulSets',
  ],
  [
    'another image of a DaemonSet that waits',
    workload('DaemonSet', image, 'updateStrategy: {type: OnDelete},'),
    workload('DaemonSet', 'image: b', 'updateStrategy: {type: OnDelete},'),
    'config',
    /when they are deleted/,
    `${API}/apps/v1/types.go OnDeleteDaemonSetStrategyType`,
  ],
  [
    'a new variable',
    deployment(),
    deployment(`${image}, env: [{name: A, value: b}]`),
    'config',
    /rolling restart/,
    deployments,
  ],
  [
    'a label of the pods',
    deployment(),
    deployment().replace('labels: {app: web}}', 'labels: {app: web, tier: a}}'),
    'config',
    /rolling restart/,
    deployments,
  ],
  [
    'less memory',
    deployment(`${image}, resources: {limits: {memory: 1Gi}}`),
    deployment(`${image}, resources: {limits: {memory: 1023Mi}}`),
    'config',
    /rolling restart/,
    deployments,
  ],
  [
    'the same memory',
    deployment(`${image}, resources: {limits: {memory: 1Gi, cpu: 1000m}}`),
    deployment(`${image}, resources: {limits: {memory: 1024Mi, cpu: 1}}`),
    undefined,
    /^$/,
    quantities,
  ],
  [
    'no arguments, written down',
    deployment(),
    deployment(`${image}, args: [], env: []`),
    undefined,
    /^$/,
    optional,
  ],
  [
    'an empty volume instead of none',
    deployment(image, '', 'volumes: [{name: tmp}],'),
    deployment(image, '', 'volumes: [{name: tmp, emptyDir: {}}],'),
    'config',
    /rolling restart/,
    deployments,
  ],
  [
    'variables in another order',
    deployment(`${image}, env: [{name: A, value: a}, {name: B, value: b}]`),
    deployment(`${image}, env: [{name: B, value: b}, {name: A, value: a}]`),
    undefined,
    /^$/,
    variables,
  ],
  [
    'variables that name each other in another order',
    deployment(`${image}, env: [{name: A, value: a}, {name: B, value: $(A)}]`),
    deployment(`${image}, env: [{name: B, value: $(A)}, {name: A, value: a}]`),
    'config',
    /rolling restart/,
    variables,
  ],
  [
    'arguments in another order',
    deployment(`${image}, args: [a, b]`),
    deployment(`${image}, args: [b, a]`),
    'config',
    /rolling restart/,
    'kubernetes.io, Define a Command and Arguments for a Container',
  ],
  [
    'init containers in another order',
    deployment(image, '', 'initContainers: [{name: a}, {name: b}],'),
    deployment(image, '', 'initContainers: [{name: b}, {name: a}],'),
    'config',
    /rolling restart/,
    'kubernetes.io, Init Containers: they run one after another',
  ],
  [
    'tolerations in another order',
    deployment(image, '', 'tolerations: [{key: a}, {key: b}],'),
    deployment(image, '', 'tolerations: [{key: b}, {key: a}],'),
    undefined,
    /^$/,
    'kubernetes.io, Taints and Tolerations: a taint is tolerated by any toleration that matches',
  ],
  [
    'more replicas',
    deployment(image, 'replicas: 2,'),
    deployment(image, 'replicas: 3,'),
    'scaling',
    /replicas of Deployment/,
    'kubernetes.io, Deployments',
  ],
  [
    'replicas left to an autoscaler',
    deployment(image, 'replicas: 2,'),
    deployment(),
    'scaling',
    /whoever else/,
    `${hpas}`,
  ],
  [
    'another selector',
    deployment(),
    deployment().replaceAll('app: web', 'app: shop'),
    'recreate',
    /immutable/,
    `${VALIDATION}/apps/validation ValidateDeploymentUpdate; kubernetes.io, Deployments`,
  ],
  [
    'another history limit',
    deployment(image, 'revisionHistoryLimit: 3,'),
    deployment(image, 'revisionHistoryLimit: 4,'),
    'config',
    /in place/,
    'kubernetes.io, Deployments',
  ],
  [
    'a Job with another image',
    object('batch/v1', 'Job', 'spec: {template: {spec: {containers: [{name: a, image: a}]}}}'),
    object('batch/v1', 'Job', 'spec: {template: {spec: {containers: [{name: a, image: b}]}}}'),
    'recreate',
    /new Job/,
    `${VALIDATION}/batch/validation validatePodTemplateUpdate`,
  ],
  [
    'a Job with more tries',
    object('batch/v1', 'Job', 'spec: {backoffLimit: 1}'),
    object('batch/v1', 'Job', 'spec: {backoffLimit: 2}'),
    'config',
    /in place/,
    `${VALIDATION}/batch/validation ValidateJobSpecUpdate: backoffLimit is not among the fixed fields`,
  ],
  [
    'a CronJob with another image',
    cron('containers: [{name: a, image: a}]'),
    cron('containers: [{name: a, image: b}]'),
    'config',
    /next run/,
    cronJobs,
  ],
  [
    'a pod with another image',
    object('v1', 'Pod', 'spec: {containers: [{name: a, image: a}]}'),
    object('v1', 'Pod', 'spec: {containers: [{name: a, image: b}]}'),
    'config',
    /restart of the container/,
    `${VALIDATION}/core/validation ValidatePodUpdate; kubernetes.io, Pods: "Pod update and replacement"`,
  ],
  [
    'a pod with another command',
    object('v1', 'Pod', 'spec: {containers: [{name: a, command: [a]}]}'),
    object('v1', 'Pod', 'spec: {containers: [{name: a, command: [b]}]}'),
    'recreate',
    /new pod/,
    `${VALIDATION}/core/validation ValidatePodUpdate`,
  ],
];
