import { latch } from '@sluice/policy';
import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../environments/environment.ts';
import { ChartError } from '../../packages/contracts/checks.ts';
import type { Manifest } from '../../packages/manifests/manifests.ts';
import { type Fields, isFields, valueAt } from '../../packages/manifests/objects.ts';
import { systemOf } from '../system.ts';
import { local } from '../testing/environments.ts';
import { type QueueWorkerValues, queueWorker } from './queue-worker.ts';
import { sluiceConsumer } from './sluice-consumer.ts';
import type { Override } from './workload.ts';

const values: QueueWorkerValues = {
  image: 'registry.example/thumbnails:1.0.0',
  command: ['python', '-m', 'worker'],
  queue: { queue: 'thumbnails', retrySeconds: 30 },
  policy: latch({ replicas: 5, startWhen: { readyAtLeast: 10 } }),
  longestJobSeconds: 20,
  stopDeadlineSeconds: 30,
};

function renderedIn(environment: Environment, wanted: QueueWorkerValues = values) {
  const worker = queueWorker('thumbnails', wanted);
  const system = systemOf([worker], environment);
  const chart = new Chart(new App(), 'thumbnails');
  worker.build(chart, environment, system);
  const manifests: Manifest[] = chart.toJson();
  return { system, manifests, names: manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`) };
}

/** The fields of the one container of the Deployment. */
function containerOf(manifests: readonly Manifest[]): Fields {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  const containers = valueAt(deployment, ['spec', 'template', 'spec', 'containers']);
  const [container] = Array.isArray(containers) ? containers : [];
  return isFields(container) ? container : {};
}

describe('a queue worker', () => {
  it('is all that it needs, from one value', () => {
    const { system, names } = renderedIn(local);
    expect(names).toEqual([
      'Namespace thumbnails',
      'NetworkPolicy default-deny',
      'ServiceAccount thumbnails',
      'Deployment thumbnails',
      'Service thumbnails',
      'Role scale-thumbnails',
      'RoleBinding scale-thumbnails',
      'PodDisruptionBudget thumbnails',
      'ServiceMonitor thumbnails',
      'PrometheusRule thumbnails',
      'NetworkPolicy thumbnails',
    ]);
    expect(system.queues).toEqual([{ queue: 'thumbnails', retrySeconds: 30 }]);
    expect(system.brokerUsers).toEqual([{ name: 'thumbnails', consumes: ['thumbnails'] }]);
    expect(system.scaled.map(({ scaler, workload: { name, target } }) => [scaler, name, target])).toEqual([
      ['own', 'thumbnails', { kind: 'deployment', namespace: 'thumbnails', name: 'thumbnails' }],
    ]);
    expect(system.secrets).toMatchObject([
      { secretName: 'broker-credentials', keys: { password: 'thumbnails' } },
    ]);
  });

  it('gives any image the address of the broker and the name of its queue', () => {
    const container = containerOf(renderedIn(local).manifests);
    expect(container.command).toEqual(['python', '-m', 'worker']);
    expect(container.env).toEqual([
      { name: 'AMQP_URL', value: 'amqp://broker.broker.svc:5672/%2f' },
      { name: 'AMQP_USERNAME', value: 'thumbnails' },
      { name: 'AMQP_PASSWORD_FILE', value: '/etc/sluice/credentials/password' },
      { name: 'QUEUE', value: 'thumbnails' },
    ]);
  });

  it('has no page, no Service and no scrape where the image answers none', () => {
    const { names, manifests } = renderedIn(local, { ...values, http: false });
    expect(names.filter((name) => /^Service(Monitor)? /.test(name))).toEqual([]);
    const container = containerOf(manifests);
    expect([container.ports, container.livenessProbe]).toEqual([undefined, undefined]);
  });

  it('is another in an environment that says so, property by property, or is absent there', () => {
    const wanting = (thumbnails: Override<QueueWorkerValues>): object => ({ thumbnails });
    const policy = latch({ replicas: 2, startWhen: { readyAtLeast: 1 } });
    const overridden = renderedIn({ ...local, workloads: wanting({ policy }) });
    expect(overridden.system.scaled[0]?.workload.policy).toMatchObject({ kind: 'latch', maxReplicas: 2 });
    expect(renderedIn({ ...local, workloads: wanting('absent') })).toMatchObject({
      ...{ names: [], system: { queues: [], scaled: [], connections: [] } },
    });
  });

  it('lives on a queue that another workload brings, by its name', () => {
    const worker = queueWorker('second', { ...values, queue: 'thumbnails' });
    const system = systemOf([queueWorker('thumbnails', { ...values, policy: values.policy }), worker], local);
    expect(system.queues).toHaveLength(1);
    expect(() => systemOf([worker], local)).toThrow(
      "the broker user 'second' works with 'thumbnails', which is none of the queues ()",
    );
  });

  it('refuses what cannot work with every fault', () => {
    expect(() => renderedIn(local, { ...values, image: 'x', prefetch: 2 })).toThrow(ChartError);
    expect(sluiceConsumer({ workSeconds: -1, maxAttempts: 0 }).faults).toEqual([
      "'maxAttempts' (0) must be a whole number of at least 1",
      "'workSeconds' (-1) must not be negative",
    ]);
    expect(sluiceConsumer({ workSeconds: 5, workDistribution: 'exponential' }).longestJobSeconds).toBe(35);
  });

  it('gets a TLS address and the authority of the broker in an environment that has TLS', () => {
    const container = containerOf(renderedIn({ ...local, brokerTls: { authority: 'first' } }).manifests);
    const variables = Array.isArray(container.env) ? container.env : [];
    expect(variables).toEqual(
      expect.arrayContaining([
        { name: 'AMQP_URL', value: 'amqps://broker.broker.svc:5671/%2f' },
        { name: 'AMQP_CA_FILE', value: '/etc/sluice/authority/ca.crt' },
      ]),
    );
    expect(container.volumeMounts).toContainEqual({
      ...{ name: 'authority', mountPath: '/etc/sluice/authority', readOnly: true },
    });
  });
});
