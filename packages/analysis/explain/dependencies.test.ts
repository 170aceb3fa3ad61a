import { describe, expect, it } from 'vitest';
import { desiredState, local, production } from '../../../apps/testing/desired-state.ts';
import { typed } from '../../../apps/testing/workloads.ts';
import type { Environment } from '../../../environments/environment.ts';
import { dependenciesOf } from './dependencies.ts';
import { findObjects, objectsOf } from './explain.ts';

const dependencies = (reference: string, environment: Environment) => {
  const [object] = findObjects(reference, objectsOf(environment, desiredState));
  if (object === undefined) throw new Error(`there is no ${reference}`);
  return dependenciesOf(object, environment, desiredState);
};
const paths = (reference: string, environment: Environment): string[] =>
  dependencies(reference, environment).found.map(({ path }) => path);

// An environment is rendered once for each of its values.
describe('the values that an object depends on', { timeout: 120_000 }, () => {
  it('are those that decide a field of it, and no others', () => {
    expect(dependencies('statefulset/broker', production).found).toEqual([
      {
        path: 'broker',
        value: 'lavinmq',
        file: 'environments/production.ts',
        fields: expect.arrayContaining(['spec.template.spec.containers[broker].image']),
      },
      {
        ...{ path: 'brokerVolume.size', value: '20Gi', file: 'environments/production.ts' },
        fields: ['spec.volumeClaimTemplates[data].spec.resources.requests.storage'],
      },
      {
        ...{ path: 'brokerVolume.storageClassName', value: 'gp3', file: 'environments/production.ts' },
        fields: ['spec.volumeClaimTemplates[data].spec.storageClassName'],
      },
    ]);
  });

  it('are also what is not set here and is elsewhere', () => {
    const { found } = dependencies('ingress/broker', local);
    expect(found).toContainEqual(
      expect.objectContaining({
        path: 'web.clusterIssuer',
        value: undefined,
        fields: expect.arrayContaining(['spec.tls[0].secretName']),
      }),
    );
  });

  it('are the addons without which it is not there', () => {
    expect(dependencies('ingress/grafana', local).found).toContainEqual({
      path: 'addons[kube-prometheus-stack]',
      value: 'kube-prometheus-stack',
      file: 'environments/local.ts',
      fields: [],
    });
  });

  it('are the numbers of the work, from where they stand', () => {
    const wanting = typed({ ...local, workloads: { publisher: { jobsPerRun: 7 } } });
    const { found } = dependencies('cronjob/publisher', wanting);
    expect(found.map(({ path, value, file }) => [path, value, file])).toEqual(
      expect.arrayContaining([
        ['workloads.publisher.everyMinutes', 10, 'apps/workloads/publisher.ts'],
        ['workloads.publisher.jobsPerRun', 7, 'environments/local.ts'],
        // Not set: the publisher connects in clear text.
        ['brokerTls', undefined, 'environments/local.ts'],
      ]),
    );
  });

  it('are every clause of the policy for the one that hands it on', () => {
    const all = paths('configmap/scaler', production);
    expect(all).toEqual(
      expect.arrayContaining([
        ...[
          'workloads.consumer.policy.kind',
          'workloads.consumer.policy.maxReplicas',
          'workloads.consumer.policy.stopWhen',
        ],
        'workloads.consumer.policy.startWhen.readyAtLeast',
      ]),
    );
    expect(paths('deployment/consumer', production).filter((path) => path.includes('policy'))).toEqual([]);
  });

  it('are the name and the repository of the environment for an Application', () => {
    expect(paths('application/consumer', production)).toEqual([
      ...['name', 'repository.repoURL', 'repository.revision'],
    ]);
  });

  it('are not reported where no other value is accepted', () => {
    expect(dependencies('application/victoria-logs', local).refused).toContain(
      'addons[prometheus-operator-crds]',
    );
  });
});
