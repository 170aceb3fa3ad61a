import { object, type SourcedRow, workload } from '../../testing.ts';

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

const cronJobs = 'kubernetes.io, CronJob: changes apply to Jobs that start after them';
const mounted = 'kubernetes.io, ConfigMaps';
const hpas = 'kubernetes.io, Horizontal Pod Autoscaling';
const dashboard = 'grafana_dashboard: "1"';
const sidecar = 'grafana/helm-charts, Grafana: "Sidecar for dashboards"';
const keda = 'keda.sh, Scaling Deployments, StatefulSets & Custom Resources';

export const rows: readonly SourcedRow[] = [
  [
    'a ConfigMap that no pod reads',
    configMap('a'),
    configMap('b'),
    'config',
    /no pod template/,
    'kubernetes.io, ConfigMaps',
  ],
  [
    'a mounted ConfigMap',
    both(configMap('a'), deployment(image, '', mounts)),
    both(configMap('b'), deployment(image, '', mounts)),
    'config',
    /without a restart/,
    mounted,
  ],
  [
    'a ConfigMap mounted as a single file',
    both(configMap('a'), deployment(once, '', mounts)),
    both(configMap('b'), deployment(once, '', mounts)),
    'config',
    /until its next restart/,
    `${mounted}: not with subPath`,
  ],
  [
    'a ConfigMap of a CronJob',
    both(configMap('a'), cron('volumes: [{name: a, projected: {sources: [{configMap: {name: web}}]}}]')),
    both(configMap('b'), cron('volumes: [{name: a, projected: {sources: [{configMap: {name: web}}]}}]')),
    'config',
    /next run of CronJob/,
    cronJobs,
  ],
  [
    'a ConfigMap in the environment of a pod',
    both(configMap('a'), deployment(`${image}, envFrom: [{configMapRef: {name: web}}]`)),
    both(configMap('b'), deployment(`${image}, envFrom: [{configMapRef: {name: web}}]`)),
    'config',
    /until its next restart/,
    `${mounted}: variables are not updated`,
  ],
  [
    'a ConfigMap with its checksum in the template',
    both(configMap('a'), checksum('1')),
    both(configMap('b'), checksum('2')),
    'config',
    /rolling restart of Deployment shop\/web, whose template/,
    'helm.sh, Chart Development Tips and Tricks: "Automatically Roll Deployments"',
  ],
  [
    'a scaler that is told otherwise',
    configMap('a', 'labels: {app.kubernetes.io/component: scaler}'),
    configMap('b', 'labels: {app.kubernetes.io/component: scaler}'),
    'scaling',
    /configuration of the scaler/,
    'services/scaler/README.md: the file is read at the start',
  ],
  [
    'a dashboard of the scaler',
    configMap('a', `labels: {app.kubernetes.io/component: scaler, ${dashboard}}`),
    configMap('b', `labels: {app.kubernetes.io/component: scaler, ${dashboard}}`),
    'config',
    /^Grafana's sidecar loads it; no restart$/,
    sidecar,
  ],
  [
    'a data source in a Secret',
    object('v1', 'Secret', 'stringData: {a: "1"}', 'labels: {grafana_datasource: "1"}'),
    object('v1', 'Secret', 'stringData: {a: "2"}', 'labels: {grafana_datasource: "1"}'),
    'config',
    /^Grafana's sidecar loads it; no restart$/,
    sidecar,
  ],
  ['another mark of an HPA', hpa('maxReplicas: 5'), hpa('maxReplicas: 9'), 'scaling', /how many pods/, hpas],
  [
    'metrics of an HPA in another order',
    hpa(`metrics: [${cpu}, ${mem}]`),
    hpa(`metrics: [${mem}, ${cpu}]`),
    undefined,
    /^$/,
    `${hpas}: the largest of all metrics counts`,
  ],
  [
    'another trigger',
    object('keda.sh/v1alpha1', 'ScaledObject', 'spec: {maxReplicaCount: 1}'),
    object('keda.sh/v1alpha1', 'ScaledObject', 'spec: {maxReplicaCount: 2}'),
    'scaling',
    /how many pods/,
    keda,
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
    `${keda}: "Pausing autoscaling"`,
  ],
  [
    'another disruption budget',
    object('policy/v1', 'PodDisruptionBudget', 'spec: {maxUnavailable: 1}'),
    object('policy/v1', 'PodDisruptionBudget', 'spec: {maxUnavailable: 2}'),
    'scaling',
    /how many pods/,
    'kubernetes.io, Specifying a Disruption Budget for your Application',
  ],
  [
    'a new autoscaler',
    workload('Deployment', 'image: "a:1"'),
    `${workload('Deployment', 'image: "a:1"')}\n---\n${hpa('scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 5')}`,
    'scaling',
    /added/,
    hpas,
  ],
];
