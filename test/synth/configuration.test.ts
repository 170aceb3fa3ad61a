import { existsSync } from 'node:fs';
import { parseScalerConfig } from '@sluice/policy';
import { parseConfig } from '@sluice/runtime';
import { describe, expect, it } from 'vitest';
import { expectedSecrets } from '../../apps/credentials.ts';
import { environments } from '../../apps/environments.ts';
import { systemIn } from '../../apps/main.ts';
import { environment as consumerEnvironment } from '../../services/consumer/config.ts';
import {
  environment as exporterEnvironment,
  settingsOf as exporterSettings,
} from '../../services/exporter/config.ts';
import { environment as publisherEnvironment } from '../../services/publisher/config.ts';
import { environment as scalerEnvironment } from '../../services/scaler/config.ts';
import { environment as topologyEnvironment } from '../../services/topology/config.ts';
import { parseTopology } from '../../services/topology/topology.ts';
import { containersOf, environmentNames, objectsIn, workloadsOf } from './dist.ts';
import { environmentOf } from './materialize.ts';

/** The scaler's file as the scaler reads it. */
const scalerConfig = (environment: string) => {
  const file = objectsIn(environment, 'ConfigMap').find(({ metadata }) => metadata.name === 'scaler');
  return parseScalerConfig(JSON.parse(file?.data['config.json'] ?? ''));
};

describe.each(environmentNames)("the scaler's file in %s", (environment) => {
  const { pollSeconds, idlePollSeconds, workloads } = scalerConfig(environment);

  it('is taken by the scaler', () => {
    expect({ pollSeconds, idlePollSeconds }).toEqual({ pollSeconds: 5, idlePollSeconds: 0.5 });
    expect(workloads.map(({ name }) => name)).toEqual(['jobs', 'api']);
  });

  const targetsOf = (kind: 'deployment' | 'hpa'): string[] =>
    workloads.flatMap(({ target }) => (target.kind === kind ? [`${target.namespace}/${target.name}`] : []));

  it('names every HPA that has no minimum of its own, and no other', () => {
    const open = objectsIn(environment, 'HorizontalPodAutoscaler').filter(
      ({ spec }) => spec.minReplicas === undefined,
    );
    expect(open.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(targetsOf('hpa'));
    expect(targetsOf('hpa')).toEqual(['api/api']);
  });

  it('names every workload that has neither a replica count of its own nor an HPA, and no other', () => {
    const scaled = targetsOf('deployment');
    const followed = objectsIn(environment, 'HorizontalPodAutoscaler').map(
      ({ metadata, spec }) => `${metadata.namespace}/${spec.scaleTargetRef.name}`,
    );
    const all = [...objectsIn(environment, 'Deployment'), ...objectsIn(environment, 'Rollout')];
    const unowned = all.filter(({ spec }) => spec.replicas === undefined);
    expect(unowned.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual(
      [...scaled, ...followed].sort(),
    );
    expect(scaled).toEqual(['consumer/consumer']);
    expect(followed).toEqual(['api/api']);
  });

  it('reads its password where the Secret is mounted, and the broker where its Service is', () => {
    const scaler = workloadsOf(environment).find(({ object }) => object.metadata.name === 'scaler');
    const mounts =
      scaler === undefined ? [] : containersOf(scaler).flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect(workloads.map(({ source }) => source.kind)).toEqual(['management', 'clock']);
    for (const { source } of workloads) {
      if (source.kind !== 'management') continue;
      const folder = source.passwordFile.replace(/\/[^/]+$/, '');
      expect(mounts.map(({ mountPath }) => mountPath)).toContain(folder);
      const { hostname, port } = new URL(source.url);
      const services = objectsIn(environment, 'Service').map(({ metadata, spec }) => ({
        ...{
          host: `${metadata.name}.${metadata.namespace}.svc`,
          ports: spec.ports.map((each) => String(each.port)),
        },
      }));
      expect(services.find(({ host }) => host === hostname)?.ports).toContain(port);
    }
  });
});

/** Service -> the variables it knows, and how it reads them: throws what it would refuse. */
const services = {
  publisher: reader(publisherEnvironment.shape, (env) => parseConfig(publisherEnvironment, env)),
  consumer: reader(consumerEnvironment.shape, (env) => parseConfig(consumerEnvironment, env)),
  topology: reader(topologyEnvironment.shape, (env) => parseConfig(topologyEnvironment, env)),
  scaler: reader(scalerEnvironment.shape, (env) => parseConfig(scalerEnvironment, env)),
  // With every mapping and every target.
  exporter: reader(exporterEnvironment.shape, (env) =>
    exporterSettings(parseConfig(exporterEnvironment, env)),
  ),
};

const secretsIn = (name: string) =>
  environments.filter((one) => one.name === name).flatMap((one) => expectedSecrets(systemIn(one)));

function reader(shape: object, read: (env: Record<string, string>) => unknown) {
  return { known: Object.keys(shape).flatMap((name) => [name, `${name}_FILE`]), read };
}

describe.each(environmentNames)('the environment of a container in %s', (environment) => {
  it.each(Object.entries(services))(
    'of the %s is what the service reads, and nothing it does not know',
    (name, { known, read }) => {
      const workload = workloadsOf(environment).find(
        ({ template }) => template.metadata.labels?.['app.kubernetes.io/name'] === name,
      );
      if (workload === undefined) throw new Error(`no workload is named ${name}`);
      const { namespace } = workload.object.metadata;
      const keysOf = (secretName: string): string[] =>
        secretsIn(environment)
          .filter((secret) => secret.owner.namespace === namespace && secret.secretName === secretName)
          .flatMap(({ keys }) => Object.keys(keys));
      const env = environmentOf(workload, keysOf);
      expect(() => read(env)).not.toThrow();
      expect(known).toEqual(expect.arrayContaining(Object.keys(env)));
      for (const [variable, value] of Object.entries(env))
        if (variable.endsWith('_FILE')) expect(existsSync(value), `${variable} (${value})`).toBe(true);
    },
  );
});

describe.each(environmentNames)('the topology file in %s', (environment) => {
  const maps = objectsIn(environment, 'ConfigMap').filter(({ metadata }) =>
    metadata.name.startsWith('topology-'),
  );
  const topology = parseTopology(JSON.parse(maps[0]?.data['topology.json'] ?? ''));

  it('is taken by the service that declares it, and there is one', () => {
    expect(maps).toHaveLength(1);
    expect(topology.queues.map(({ name }) => name)).toEqual(['jobs', 'jobs.retry', 'jobs.parked']);
  });

  it('names a mounted password for every user, and a user for every password', () => {
    const users = secretsIn(environment).find(({ secretName }) => secretName === 'broker-users');
    expect(topology.users.map(({ passwordFile }) => passwordFile)).toEqual(
      Object.keys(users?.keys ?? {}).map((user) => `/etc/sluice/users/${user}`),
    );
  });

  it('declares the queue that the consumer takes from and the scaler watches', () => {
    const queues = topology.queues.map(({ name }) => name);
    const consumer = workloadsOf(environment).find(({ object }) => object.metadata.name === 'consumer');
    const variables = consumer === undefined ? [] : containersOf(consumer).flatMap(({ env = [] }) => env);
    const told = (variable: string) => variables.find(({ name }) => name === variable)?.value;
    expect(queues).toEqual(expect.arrayContaining([told('QUEUE'), told('PARKING_ROUTING_KEY')]));
    const watched = scalerConfig(environment).workloads.flatMap(({ source }) =>
      'queue' in source ? [source.queue] : [],
    );
    expect(watched).toEqual(['jobs']);
    expect(queues).toEqual(expect.arrayContaining(watched));
  });
});
