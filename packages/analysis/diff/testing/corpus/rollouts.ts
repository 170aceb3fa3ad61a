import { object, type SourcedRow, workload } from '../../testing.ts';

const partition = 'kubernetes.io, StatefulSets: "Partitioned rolling updates"';
const paused = 'kubernetes.io, Deployments: "Pausing and Resuming a rollout of a Deployment"';
const blueGreen = 'argo-rollouts.readthedocs.io, BlueGreen';
const set = (image: string, spec: string): string => workload('StatefulSet', `image: ${image}`, spec);
const deployment = (image: string, spec: string): string => workload('Deployment', `image: ${image}`, spec);
export const rollout = (spec: string): string => object('argoproj.io/v1alpha1', 'Rollout', `spec: {${spec}}`);
const from = (ordinal: number): string => `updateStrategy: {rollingUpdate: {partition: ${ordinal}}},`;
const reader = (spec: string, checksum: string, data: string): string =>
  `${deployment('a', spec).replace('labels: {app: web}', `labels: {app: web}, annotations: {sum: ${checksum}}`).replace('image: a', 'image: a, envFrom: [{configMapRef: {name: web}}]')}
---
${object('v1', 'ConfigMap', `data: {a: ${data}}`)}`;
const cron = (image: string): string =>
  object(
    'batch/v1',
    'CronJob',
    `spec: {suspend: true, jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: ${image}}]}}}}}`,
  );

export const rows: readonly SourcedRow[] = [
  [
    'a CronJob that is suspended',
    object('batch/v1', 'CronJob', 'spec: {schedule: "@hourly"}'),
    object('batch/v1', 'CronJob', 'spec: {schedule: "@hourly", suspend: true}'),
    'config',
    /suspends CronJob shop\/web: no run begins until it is resumed/,
    'kubernetes.io, CronJob: "Schedule suspension"',
  ],
  [
    'a CronJob that is resumed',
    object('batch/v1', 'CronJob', 'spec: {schedule: "@hourly", suspend: true}'),
    object('batch/v1', 'CronJob', 'spec: {schedule: "@hourly", suspend: false}'),
    'config',
    /resumes CronJob shop\/web: its runs begin again/,
    'kubernetes.io, CronJob: "Schedule suspension"',
  ],
  [
    'a paused Deployment',
    deployment('a', 'paused: true,'),
    deployment('b', 'paused: true,'),
    'config',
    /^no restart: Deployment shop\/web is paused/,
    paused,
  ],
  [
    'a Deployment that is paused',
    deployment('a', ''),
    deployment('a', 'paused: true,'),
    'config',
    /^pauses Deployment/,
    paused,
  ],
  [
    'a Deployment that is resumed',
    deployment('a', 'paused: true,'),
    deployment('a', ''),
    'config',
    /^resumes Deployment/,
    paused,
  ],
  [
    'a paused reader of a ConfigMap',
    reader('paused: true,', 'w', 'b'),
    reader('paused: true,', 'x', 'c'),
    'config',
    /keeps the old values until its next restart/,
    paused,
  ],
  [
    'a partition above all pods',
    set('a', `replicas: 3, ${from(3)}`),
    set('b', `replicas: 3, ${from(3)}`),
    'config',
    /^no restart: the partition 3/,
    partition,
  ],
  [
    'a partition above all pods that start later',
    set('a', `replicas: 3, ordinals: {start: 5}, ${from(8)}`),
    set('b', `replicas: 3, ordinals: {start: 5}, ${from(8)}`),
    'config',
    /^no restart/,
    partition,
  ],
  [
    'a partition within the pods',
    set('a', `replicas: 3, ${from(2)}`),
    set('b', `replicas: 3, ${from(2)}`),
    'config',
    /^rolling restart of StatefulSet shop\/web, from ordinal 2 on/,
    partition,
  ],
  [
    'a partition where others scale',
    set('a', from(2)),
    set('b', from(2)),
    'config',
    /from ordinal 2 on/,
    partition,
  ],
  [
    'a partition that is lowered',
    set('a', from(2)),
    set('a', from(1)),
    'config',
    /which pods take a template that waits/,
    partition,
  ],
  [
    'a blue-green Rollout',
    rollout('strategy: {blueGreen: {activeService: a}}, template: {spec: {a: 1}}'),
    rollout('strategy: {blueGreen: {activeService: a}}, template: {spec: {a: 2}}'),
    'config',
    /until all new ones are ready/,
    blueGreen,
  ],
  [
    'a blue-green Rollout that waits',
    rollout(
      'strategy: {blueGreen: {activeService: a, autoPromotionEnabled: false}}, template: {spec: {a: 1}}',
    ),
    rollout(
      'strategy: {blueGreen: {activeService: a, autoPromotionEnabled: false}}, template: {spec: {a: 2}}',
    ),
    'config',
    /until someone promotes it/,
    blueGreen,
  ],
  [
    'restartAt',
    rollout('restartAt: null'),
    rollout('restartAt: "2026-01-01T00:00:00Z"'),
    'config',
    /restart of all pods of Rollout shop\/web at 2026/,
    'argo-rollouts.readthedocs.io, Restarting Rollout Pods',
  ],
  [
    'a suspended CronJob',
    cron('a'),
    cron('b'),
    'config',
    /^no run: CronJob shop\/web is suspended$/,
    'kubernetes.io, CronJob: "Schedule suspension"',
  ],
];
