import { existsSync } from 'node:fs';
import { parseScalerConfig } from '@sluice/policy';
import { parseConfig } from '@sluice/runtime';
import { describe, expect, it } from 'vitest';
import { applications } from '../../apps/main.ts';
import { expectedSecrets } from '../../apps/platform/credentials.ts';
import { pollsIn } from '../../apps/platform/scaler.ts';
import { systemIn } from '../../apps/rendering.ts';
import { ownWorkloads } from '../../charts/scaling.ts';
import { images } from '../../environments/images.ts';
import { environments } from '../../environments/index.ts';
import { environment as boardEnvironment, settingsOf as boardSettings } from '../../services/board/config.ts';
import { environment as consumerEnvironment } from '../../services/consumer/config.ts';
import {
  environment as exporterEnvironment,
  settingsOf as exporterSettings,
} from '../../services/exporter/config.ts';
import { environment as publisherEnvironment } from '../../services/publisher/config.ts';
import { environment as scalerEnvironment } from '../../services/scaler/config.ts';
import { environment as topologyEnvironment } from '../../services/topology/config.ts';
import { parseTopology } from '../../services/topology/topology.ts';
import { containersOf, objectsIn, rendered, workloadsOf } from './dist.ts';
import { environmentOf } from './materialize.ts';

/** The scaler's file as the scaler reads it. */
const scalerConfig = (environment: string) => {
  const file = objectsIn(environment, 'ConfigMap').find(({ metadata }) => metadata.name === 'scaler');
  return parseScalerConfig(JSON.parse(file?.data['config.json'] ?? ''));
};

describe.each(environments)("the scaler's file in $name", (wanted) => {
  const environment = wanted.name;
  const { pollSeconds, idlePollSeconds, workloads } = scalerConfig(environment);
  const scaled = ownWorkloads(systemIn(wanted, applications).scaled);

  it('is taken by the scaler, and names what the applications want scaled', () => {
    const { pollSeconds: poll, idlePollSeconds: idle } = pollsIn(wanted);
    expect({ pollSeconds, idlePollSeconds }).toEqual({ pollSeconds: poll, idlePollSeconds: idle });
    expect(workloads.map(({ name, target }) => [name, target])).toEqual(
      scaled.map(({ name, target }) => [name, target]),
    );
  });

  const targetsOf = (kind: 'deployment' | 'hpa'): string[] =>
    workloads.flatMap(({ target }) => (target.kind === kind ? [`${target.namespace}/${target.name}`] : []));

  it('names every HPA that has no minimum of its own, and no other', () => {
    const open = objectsIn(environment, 'HorizontalPodAutoscaler').filter(
      ({ spec }) => spec.minReplicas === undefined,
    );
    expect(open.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual(
      targetsOf('hpa').sort(),
    );
  });

  it('names every workload that has neither a replica count of its own nor an HPA or KEDA, and no other', () => {
    const followed = (['HorizontalPodAutoscaler', 'ScaledObject'] as const).flatMap((kind) =>
      objectsIn(environment, kind).map(
        ({ metadata, spec }) => `${metadata.namespace}/${spec.scaleTargetRef.name}`,
      ),
    );
    const all = [...objectsIn(environment, 'Deployment'), ...objectsIn(environment, 'Rollout')];
    const unowned = all.filter(({ spec }) => spec.replicas === undefined);
    expect(unowned.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual(
      [...targetsOf('deployment'), ...followed].sort(),
    );
  });

  it('reads its password where the Secret is mounted, and the broker where its Service is', () => {
    const scaler = workloadsOf(environment).find(({ object }) => object.metadata.name === 'scaler');
    const mounts =
      scaler === undefined ? [] : containersOf(scaler).flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect(workloads.map(({ source }) => source.kind)).toEqual(scaled.map(({ source }) => source.kind));
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
  board: reader(boardEnvironment.shape, (env) => boardSettings(parseConfig(boardEnvironment, env))),
  topology: reader(topologyEnvironment.shape, (env) => parseConfig(topologyEnvironment, env)),
  scaler: reader(scalerEnvironment.shape, (env) => parseConfig(scalerEnvironment, env)),
  // With every mapping and every target.
  exporter: reader(exporterEnvironment.shape, (env) =>
    exporterSettings(parseConfig(exporterEnvironment, env)),
  ),
};

function reader(shape: object, read: (env: Record<string, string>) => unknown) {
  return { known: Object.keys(shape).flatMap((name) => [name, `${name}_FILE`]), read };
}

/** Which image a container runs, and in which words it is spoken to. */
const speaking = (environment: string) =>
  workloadsOf(environment).flatMap((workload) =>
    Object.entries(services)
      .filter(([name]) =>
        containersOf(workload).some(({ image }) => image === images[name as keyof typeof services]),
      )
      .map(([service, reads]) => ({
        ...{ name: workload.object.metadata.name, service, workload },
        ...reads,
      })),
  );

describe.each(environments)('the environment of a container in $name', (wanted) => {
  const environment = wanted.name;

  it('is read by the scaler, by who declares the topology, and by the exporter', () => {
    expect(speaking(environment).map(({ service }) => service)).toEqual(
      expect.arrayContaining(['scaler', 'topology', 'exporter']),
    );
  });

  it.each(speaking(environment))(
    'of $name is what the $service reads, and nothing it does not know',
    ({ workload, known, read }) => {
      const { namespace } = workload.object.metadata;
      const keysOf = (secretName: string): string[] =>
        expectedSecrets(systemIn(wanted, applications))
          .filter((secret) => secret.owner.namespace === namespace && secret.secretName === secretName)
          .flatMap(({ keys }) => Object.keys(keys));
      const env = environmentOf(workload, keysOf);
      expect(() => read(env)).not.toThrow();
      expect(known).toEqual(expect.arrayContaining(Object.keys(env)));
      for (const [variable, value] of Object.entries(env))
        if (variable.endsWith('_FILE')) expect(existsSync(value), `${variable} (${value})`).toBe(true);
    },
  );

  it('names the broker by TLS alone, or by none where the environment wants none', () => {
    const objects = rendered.filter((each) => each.environment === environment).map(({ object }) => object);
    const urls = JSON.stringify(objects).match(/\b(?:amqps?|https?):\/\/broker\.broker\.svc/g) ?? [];
    const schemes = wanted.brokerTls === undefined ? ['amqp', 'http'] : ['amqps', 'https'];
    const allowed = schemes.map((scheme) => `${scheme}://broker.broker.svc`);
    expect(urls).not.toEqual([]);
    expect(urls.filter((url) => !allowed.includes(url))).toEqual([]);
  });
});

describe.each(environments)('the topology file in $name', (wanted) => {
  const environment = wanted.name;
  const system = systemIn(wanted, applications);
  const maps = objectsIn(environment, 'ConfigMap').filter(({ metadata }) =>
    metadata.name.startsWith('topology-'),
  );
  const topology = parseTopology(JSON.parse(maps[0]?.data['topology.json'] ?? ''));

  it('is taken by the service that declares it, and there is one', () => {
    expect(maps).toHaveLength(1);
    expect(topology.queues.map(({ name }) => name)).toEqual(
      system.queues.flatMap(({ queue }) => [queue, `${queue}.retry`, `${queue}.parked`]),
    );
  });

  it('names a mounted password for every user, and a user for every password', () => {
    const users = expectedSecrets(system).find(({ secretName }) => secretName === 'broker-users');
    expect(topology.users.map(({ passwordFile }) => passwordFile)).toEqual(
      Object.keys(users?.keys ?? {}).map((user) => `/etc/sluice/users/${user}`),
    );
  });

  it('declares every queue that a container gets and that the scaler watches', () => {
    const queues = topology.queues.map(({ name }) => name);
    const told = workloadsOf(environment)
      .flatMap(containersOf)
      // A queue of Redis is there as soon as it is written to.
      .filter(({ env = [] }) => env.every(({ name }) => name !== 'REDIS_URL'))
      .flatMap(({ env = [] }) => env)
      .filter(({ name }) => ['QUEUE', 'ROUTING_KEY', 'PARKING_ROUTING_KEY'].includes(name))
      .map(({ value }) => value);
    const watched = scalerConfig(environment).workloads.flatMap(({ source }) =>
      source.kind === 'management' ? [source.queue] : [],
    );
    expect([...told, ...watched].filter((queue) => !queues.includes(queue ?? ''))).toEqual([]);
    expect(watched).toEqual(
      ownWorkloads(system.scaled).flatMap(({ source }) =>
        source.kind === 'management' ? [source.queue] : [],
      ),
    );
  });
});
