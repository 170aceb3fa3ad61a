import { constant, schedule } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { podNeeds } from './demand.ts';
import { poolOf, quantityOf } from './nodes.ts';
import { capacityOfYaml, deployment, nodesOf, priorityClass } from './testing.ts';

const scaled = deployment('web', 3, '1').replace('replicas: 3,', '').replace('Recreate', 'RollingUpdate');
const object = (apiVersion: string, kind: string, spec: string): string =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: web, namespace: shop}, spec: {${spec}}}`;
const pod = 'template: {spec: {containers: [{name: app}]}}';
const target = 'scaleTargetRef: {kind: Deployment, name: web}';
const countsOf = (...documents: string[]) =>
  capacityOfYaml(documents).groups.map(({ count: { min, max, surge, owner } }) => [
    min,
    max,
    surge,
    owner,
  ])[0];

/** The scaler's configuration. */
const scalerOf = (...workloads: readonly unknown[]): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'scaler', namespace: 'scaler' } },
    data: { 'config.json': JSON.stringify({ pollSeconds: 5, workloads }) },
  });

it.each([
  ['replicas: 3', 'replicas: 1.5', "'spec.replicas' of Deployment shop/web must be a whole number"],
  ['replicas: 3', 'replicas: 3e9', "'spec.replicas' of Deployment shop/web must be a whole number"],
  ['{type: Recreate}', '{rollingUpdate: {maxSurge: many}}', "'spec.strategy.rollingUpdate.maxSurge' of Dep"],
])('refuses a count that is none: %s -> %s', (one, other, message) => {
  const written = deployment('web', 3, '1').replace(one, other);
  expect(() => capacityOfYaml([written])).toThrow(message);
});

it('takes a count in the values of a chart that is none for one', () => {
  const values = (replicas: number) =>
    object(
      'argoproj.io/v1alpha1',
      'Application',
      `source: {chart: web, helm: {valuesObject: {replicas: ${replicas}, resources: {requests: {cpu: 1}}}}}`,
    );
  const cpu = (replicas: number) => capacityOfYaml([values(replicas)]).charts[0]?.requests.cpu;
  expect(cpu(2.5)).toBe(cpu(1));
  expect(cpu(2)).toBe(2n * (cpu(1) ?? 0n));
});

describe('how many pods there are', () => {
  it.each([
    ['a Deployment says', [deployment('web', 3, '1')], [3, 3, 0, 'its replicas']],
    [
      'a Deployment that says nothing has one, and one more in a rollout',
      [scaled],
      [1, 1, 1, 'its replicas'],
    ],
    [
      'an HPA says',
      [
        scaled,
        object('autoscaling/v2', 'HorizontalPodAutoscaler', `${target}, minReplicas: 2, maxReplicas: 10`),
      ],
      [2, 10, 3, 'HorizontalPodAutoscaler shop/web'],
    ],
    [
      'an HPA that says no minimum keeps one',
      [scaled, object('autoscaling/v2', 'HorizontalPodAutoscaler', `${target}, maxReplicas: 4`)],
      [1, 4, 1, 'HorizontalPodAutoscaler shop/web'],
    ],
    [
      'a schedule says the minimum of an HPA',
      [
        scaled,
        object('autoscaling/v2', 'HorizontalPodAutoscaler', `${target}, maxReplicas: 10`),
        scalerOf({
          name: 'web',
          source: { kind: 'clock' },
          target: { kind: 'hpa', namespace: 'shop', name: 'web' },
          policy: schedule({
            policy: constant({ replicas: 2, maxReplicas: 10 }),
            timeZone: 'Europe/Berlin',
            windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 4 }],
          }),
        }),
      ],
      [2, 10, 3, "HorizontalPodAutoscaler shop/web, at least 2 to 4 by schedule 'web'"],
    ],
    [
      'a ScaledObject says',
      [scaled, object('keda.sh/v1alpha1', 'ScaledObject', 'scaleTargetRef: {name: web}, maxReplicaCount: 8')],
      [0, 8, 2, 'ScaledObject shop/web'],
    ],
    [
      'a Rollout has one more in a release',
      [object('argoproj.io/v1alpha1', 'Rollout', `replicas: 4, strategy: {canary: {}}, ${pod}`)],
      [4, 4, 1, 'its replicas'],
    ],
    [
      'a Rollout whose requests are split has all twice in a release',
      [
        object(
          'argoproj.io/v1alpha1',
          'Rollout',
          `replicas: 4, strategy: {canary: {trafficRouting: {traefik: {}}}}, ${pod}`,
        ),
      ],
      [4, 4, 4, 'its replicas'],
    ],
    [
      'a StatefulSet says',
      [object('apps/v1', 'StatefulSet', `replicas: 2, ${pod}`)],
      [2, 2, 0, 'its replicas'],
    ],
    [
      'a Job runs its pods beside each other',
      [object('batch/v1', 'Job', `parallelism: 4, ${pod}`)],
      [0, 4, 0, 'while it runs'],
    ],
    [
      'a CronJob runs once in a while',
      [
        object(
          'batch/v1',
          'CronJob',
          `schedule: "0 * * * *", concurrencyPolicy: Forbid, jobTemplate: {spec: {${pod}}}`,
        ),
      ],
      [0, 1, 0, 'schedule 0 * * * *'],
    ],
    [
      'a ScaledJob says',
      [object('keda.sh/v1alpha1', 'ScaledJob', `jobTargetRef: {${pod}}`)],
      [0, 100, 0, 'KEDA'],
    ],
    ['a Pod is one', [object('v1', 'Pod', 'containers: [{name: app}]')], [1, 1, 0, 'itself']],
  ])('%s', (_, documents, expected) => {
    expect(countsOf(...documents)).toEqual(expected);
  });

  it('a DaemonSet has one on each node', () => {
    const daemon = object('apps/v1', 'DaemonSet', pod);
    const { groups } = capacityOfYaml([daemon], nodesOf('cpu=1,memory=1Gi', 5));
    expect(groups[0]?.count).toMatchObject({ min: 5, max: 5 });
  });

  it("the scaler's file says, and one that the scaler would refuse is none", () => {
    const rules = { stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' };
    const config = (kind: string): string =>
      scalerOf({
        name: 'jobs',
        source: {
          ...{ kind: 'prometheus', url: 'http://prometheus' },
          ...{ readyQuery: 'ready', unackedQuery: 'unacked' },
        },
        target: { kind: 'deployment', namespace: 'shop', name: 'web' },
        policy: {
          ...{ kind, minReplicas: 0, maxReplicas: 7, perReplica: 2, staleAfterSeconds: 60 },
          behavior: { scaleUp: rules, scaleDown: rules },
        },
      });
    expect(countsOf(scaled, config('proportional'))).toEqual([0, 7, 2, "scaler: proportional 'jobs'"]);
    expect(() => countsOf(scaled, config('guess'))).toThrow(
      /^sluice capacity: ConfigMap scaler\/scaler of local: .*kind/,
    );
  });
});

describe('the pool of pods', () => {
  const required = (terms: string): string =>
    `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${terms}]}}}`;
  it.each([
    ['any', ''],
    ['disk=ssd, zone=a', 'nodeSelector: {zone: a, disk: ssd}'],
    ['zone=a', required('{matchExpressions: [{key: zone, operator: In, values: [a]}]}')],
    [
      'zone In (a, b) and gpu Exists or disk=ssd',
      required(
        '{matchExpressions: [{key: zone, operator: In, values: [a, b]}, {key: gpu, operator: Exists}]}, {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}',
      ),
    ],
    ['any (tolerates spot=true:NoSchedule)', 'tolerations: [{key: spot, value: "true", effect: NoSchedule}]'],
    ['zone=a (tolerates every taint)', 'nodeSelector: {zone: a}, tolerations: [{operator: Exists}]'],
  ])('%s', (pool, spec) => {
    expect(poolOf(parse(`{${spec}}`))).toBe(pool);
  });
});

describe('the priority of pods', () => {
  const priorityOf = (pod: string, ...classes: string[]) =>
    capacityOfYaml([deployment('web', 1, '1', pod), ...classes]).groups[0]?.priority;

  it.each([
    ['its class', 'priorityClassName: low,', { value: 5, preempts: false, known: true }],
    [
      "Kubernetes' own class",
      'priorityClassName: system-node-critical,',
      { value: 2_000_001_000, preempts: true },
    ],
    [
      'none, where the class is not there',
      'priorityClassName: hgih,',
      { name: 'hgih', value: 0, known: false },
    ],
    ['none, where no class is named', '', { name: '', value: 0, preempts: true }],
  ])('is that of %s', (_, pod, expected) => {
    expect(priorityOf(pod, priorityClass('low', 5, 'preemptionPolicy: Never'))).toMatchObject(expected);
  });

  it('is that of the class that stands for none', () => {
    expect(priorityOf('', priorityClass('usual', 7, 'globalDefault: true'))).toMatchObject({
      name: 'usual',
      value: 7,
    });
  });
});

const needs = (spec: string) => {
  const { requests, limits } = podNeeds(parse(`{${spec}}`));
  return {
    request: quantityOf('cpu', requests.cpu),
    limit: limits.cpu === undefined ? 'none' : quantityOf('cpu', limits.cpu),
  };
};
const container = (name: string, resources: string, rest = ''): string =>
  `{name: ${name}, resources: {${resources}}, ${rest}}`;
const asks = (cpu: string): string => `requests: {cpu: ${cpu}}, limits: {cpu: ${cpu}}`;

describe('what a pod needs', () => {
  it.each([
    [
      'is what its containers need together',
      `containers: [${container('a', asks('1'))}, ${container('b', asks('500m'))}]`,
      '1.5',
      '1.5',
    ],
    ['is nothing where nothing is stated, and has no limit', 'containers: [{name: a}]', '0', 'none'],
    [
      'has no limit where one container has none',
      `containers: [${container('a', asks('1'))}, ${container('b', 'requests: {cpu: 1}')}]`,
      '2',
      'none',
    ],
    [
      'is the limit where only that is stated',
      `containers: [${container('a', 'limits: {cpu: 2}')}]`,
      '2',
      '2',
    ],
    [
      'is that of an init container that needs more',
      `initContainers: [${container('i', asks('3'))}], containers: [${container('a', asks('1'))}]`,
      '3',
      '3',
    ],
    [
      'takes no notice of an init container that needs less',
      `initContainers: [${container('i', asks('500m'))}], containers: [${container('a', asks('1'))}]`,
      '1',
      '1',
    ],
    [
      'has its sidecars with it all the time',
      `initContainers: [${container('s', asks('1'), 'restartPolicy: Always')}], containers: [${container('a', asks('1'))}]`,
      '2',
      '2',
    ],
    [
      'has a sidecar beside the init containers after it',
      `initContainers: [${container('s', asks('1'), 'restartPolicy: Always')}, ${container('i', asks('3'))}], containers: [${container('a', asks('1'))}]`,
      '4',
      '4',
    ],
    [
      'has no sidecar beside the init containers before it',
      `initContainers: [${container('i', asks('3'))}, ${container('s', asks('1'), 'restartPolicy: Always')}], containers: [${container('a', asks('1'))}]`,
      '3',
      '3',
    ],
    [
      'is what the pod itself states',
      `resources: {${asks('5')}}, containers: [${container('a', asks('1'))}]`,
      '5',
      '5',
    ],
    [
      'has the overhead of its runtime',
      `overhead: {cpu: 250m}, containers: [${container('a', asks('1'))}]`,
      '1.25',
      '1.25',
    ],
  ])('%s', (_, spec, request, limit) => {
    expect(needs(spec)).toEqual({ request, limit });
  });
});
