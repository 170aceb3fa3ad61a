import { proportional } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { generateSecrets } from '../../cli/secrets.ts';
import { systemIn } from '../rendering.ts';
import { bank, local, render, withTransactions } from '../testing/desired-state.ts';
import { objectReader } from '../testing/rendered.ts';
import { process as writer } from '../testing/transactions.ts';
import { queueWorker } from './queue-worker.ts';

const files = render([bank], withTransactions);
const read = objectReader(files);
const object = (path: string) => read(`bank/${path}`);

describe('the services of transactions', () => {
  it('are absent where an environment has no transactions, and so is Redis', () => {
    const folders = new Set([...render([local], withTransactions).keys()].map((path) => path.split('/')[1]));
    for (const name of ['inject', 'process', 'journal', 'query', 'redis', 'transaction-load'])
      expect(folders).not.toContain(name);
    expect(systemIn(local, withTransactions).storeUsers).toEqual([]);
  });

  it('scale each by its own queue: the own scaler reads Redis by a user of its own', () => {
    const { workloads } = JSON.parse(object('scaler/configmap-scaler.scaler.yaml').data['config.json']);
    const sources = workloads
      .map(({ source }: { source: { kind: string } }) => source)
      .filter(({ kind }: { kind: string }) => kind === 'redis');
    expect(sources).toEqual(
      ['process', 'journal'].map((queue) => ({
        ...{ kind: 'redis', url: 'redis://redis.redis.svc:6379/0', prefix: '{transactions}', queue },
        ...{ username: 'scaler', passwordFile: '/etc/sluice/redis/password' },
      })),
    );
    const { volumes } = object('scaler/deployment-scaler.scaler.yaml').spec.template.spec;
    expect(volumes).toContainEqual({
      name: 'redis',
      secret: { defaultMode: 0o440, secretName: 'redis-credentials' },
    });
  });

  it('have one password for each user, at the store and where it is used', () => {
    const secrets = generateSecrets(bank, withTransactions);
    const valuesIn = (namespace: string, name: string) =>
      secrets.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name)?.stringData;
    for (const [store, users] of [
      ['redis', ['inject', 'process', 'journal', 'query', 'scaler']],
      ['mongodb', ['process', 'query']],
      ['elasticsearch', ['journal', 'query']],
    ] as const)
      for (const user of users) {
        const namespace = store === 'elasticsearch' ? 'transactions-index' : store;
        const password = valuesIn(namespace, `${store}-users`)?.[user];
        expect(password).toMatch(/^[\w-]{32}$/);
        expect(valuesIn(user, `${store}-credentials`)).toEqual({ password });
      }
  });

  it('may be drained a share at a time, and the one pod of Redis at once', () => {
    const budgets = [...files.keys()].filter((path) => path.includes('/poddisruptionbudget-'));
    for (const name of ['inject', 'process', 'journal', 'query']) {
      const { spec } = object(`${name}/poddisruptionbudget-${name}.${name}.yaml`);
      expect(spec).toMatchObject({ maxUnavailable: '25%', unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    }
    expect(budgets.filter((path) => path.startsWith('bank/redis/'))).toEqual([]);
    const { spec } = object('redis/statefulset-redis.redis.yaml');
    expect(spec).toMatchObject({
      ...{ replicas: 1, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' } },
      template: { spec: { terminationGracePeriodSeconds: 60 } },
    });
  });

  it('are sent transactions by a CronJob where the environment asks for it, and else by none', () => {
    const { schedule, jobTemplate } = object(
      'transaction-load/cronjob-transaction-load.transaction-load.yaml',
    ).spec;
    expect(schedule).toBe('*/10 * * * *');
    const [{ env }] = jobTemplate.spec.template.spec.containers;
    expect(env).toContainEqual({ name: 'INJECT_URL', value: 'http://inject.inject.svc:8080' });
    expect(env).toContainEqual({ name: 'TRANSACTIONS', value: '1000' });
    const { ingress } = object('inject/networkpolicy-inject.inject.yaml').spec;
    expect(JSON.stringify(ingress)).toContain('transaction-load');
    const { load: _, ...transactions } = bank.transactions;
    const without = render([{ ...bank, transactions }], withTransactions);
    expect([...without.keys()].filter((path) => path.includes('transaction-load'))).toEqual([]);
  });

  it('connect to what they use and to nothing else', () => {
    const { egress } = object('process/networkpolicy-process.process.yaml').spec;
    const ports = egress.flatMap((rule: { ports: { port: number }[] }) => rule.ports.map(({ port }) => port));
    expect(ports).toEqual([6379, 27_017, 53, 53]);
  });
});

describe('a worker of a queue in Redis', () => {
  const others = withTransactions.filter(({ name }) => name !== 'process');
  const made = (scaler: 'hpa' | 'keda', addons: readonly string[]) => {
    const worker = queueWorker('mails', {
      ...{ image: 'registry.example/mails:1.0.0', longestJobSeconds: 1, stopDeadlineSeconds: 5, scaler },
      queue: { prefix: '{mails}', queue: 'outgoing' },
      policy: proportional({ perReplica: 20, minReplicas: scaler === 'hpa' ? 1 : 0, maxReplicas: 5 }),
    });
    const environment = {
      ...bank,
      addons: [...bank.addons.filter((one) => !one.startsWith('prometheus-adapter')), ...addons],
    };
    const rendered = render(
      [environment as typeof bank],
      [...others.filter(({ name }) => name !== 'inject' && name !== 'api'), worker],
    );
    return (path: string) => objectReader(rendered)(`bank/mails/${path}.mails.yaml`);
  };

  it('is followed by an HPA through what the queue exporter counts', () => {
    const hpa = made('hpa', ['prometheus-adapter'])('horizontalpodautoscaler-mails');
    expect(hpa.spec.metrics[0].external.target.averageValue).toBe('20');
  });

  it('is followed by KEDA through Redis itself, with a user and a password of its own', () => {
    const of = made('keda', ['keda']);
    expect(of('scaledobject-mails').spec.triggers[0]).toMatchObject({
      type: 'redis',
      metadata: { address: 'redis.redis.svc:6379', listName: '{mails}:outgoing:wait', listLength: '20' },
    });
    expect(of('configmap-mails-keda').data.username).toBe('mails-keda');
  });

  it('is told where Redis and its queue are, and nothing of the broker', () => {
    const { env } = made('keda', ['keda'])('deployment-mails').spec.template.spec.containers[0];
    expect(env.map(({ name }: { name: string }) => name)).toEqual([
      'REDIS_URL',
      'REDIS_USERNAME',
      'REDIS_PASSWORD_FILE',
      'QUEUE_PREFIX',
      'QUEUE',
    ]);
  });

  it('can be wanted otherwise by an environment, as any workload', () => {
    expect(writer.settingsIn(bank)).toMatchObject({ perReplica: 1000, maxReplicas: 5 });
    // The type of overrides knows the workloads of the user's own list alone.
    const overrides: object = { process: 'absent' };
    expect(writer.settingsIn({ ...bank, workloads: overrides })).toBeUndefined();
  });
});
