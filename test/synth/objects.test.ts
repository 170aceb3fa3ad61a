import { describe, expect, it } from 'vitest';
import { applications } from '../../apps/main.ts';
import { addonSecretsOf, expectedSecrets } from '../../apps/platform/credentials.ts';
import { systemIn } from '../../apps/rendering.ts';
import { workloads as wanted } from '../../apps/workloads/index.ts';
import { environments } from '../../environments/index.ts';
import {
  containersOf,
  environmentNames,
  objectsIn,
  ofKind,
  rendered,
  selects,
  workloads,
  workloadsOf,
} from './dist.ts';
import type { Kind, Probe } from './shapes.ts';

const CLUSTER_SCOPED = [
  'Bundle',
  'ClusterIssuer',
  'ClusterRole',
  'ClusterRoleBinding',
  'Namespace',
  'PriorityClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];
const EVERY_LABEL = ['part-of', 'managed-by'];
const WORKLOAD_LABELS = ['name', 'instance', 'component', 'version', ...EVERY_LABEL];

const label = (name: string): string => `app.kubernetes.io/${name}`;
const namesOf = (environment: string, kind: Kind, namespace?: string): string[] =>
  objectsIn(environment, kind)
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ metadata }) => metadata.name);

/** The ConfigMaps that trust-manager makes in a namespace. */
const spreadIn = (environment: string, namespace = ''): string[] =>
  objectsIn(environment, 'Bundle')
    .filter(({ spec }) => spec.target.namespaceSelector.matchExpressions[0]?.values.includes(namespace))
    .map(({ metadata }) => metadata.name);

describe('every object', () => {
  it.each(rendered)('$path says who it is and where it lives', ({ object }) => {
    const { name, namespace, labels = {} } = object.metadata;
    expect(name).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);
    expect(namespace === undefined).toBe(CLUSTER_SCOPED.includes(object.kind));
    expect(Object.keys(labels)).toEqual(expect.arrayContaining(EVERY_LABEL.map(label)));
  });

  it('lives in a namespace of its own environment', () => {
    for (const { path, environment, object } of rendered) {
      const { namespace } = object.metadata;
      if (namespace !== undefined) expect(namesOf(environment, 'Namespace'), path).toContain(namespace);
    }
  });

  it('is never a Secret, and no text in it looks like one', () => {
    expect(ofKind('Secret')).toEqual([]);
    for (const { path, object } of rendered)
      expect(JSON.stringify(object), path).not.toMatch(/\/\/[^/"@ ]+:[^/"@ ]+@|BEGIN [A-Z ]*PRIVATE KEY/);
  });
});

const running = workloads.filter(({ job }) => job === undefined);
const listens = (workload: (typeof workloads)[number]): boolean =>
  containersOf(workload).some(({ ports = [] }) => ports.length > 0);
const probed = running.filter(listens);
/** Workers whose image answers no requests. */
const silent = running.filter((workload) => !listens(workload));

describe('every workload', () => {
  it.each(workloads)('$path has the standard labels, and its selector selects its own pods', (workload) => {
    const { object, maker, template } = workload;
    for (const labels of [object.metadata.labels, template.metadata.labels])
      expect(Object.keys(labels ?? {})).toEqual(expect.arrayContaining(WORKLOAD_LABELS.map(label)));
    // A Job's selector is the controller's own.
    expect(maker.selector === undefined).toBe(workload.job !== undefined);
    const selector = maker.selector?.matchLabels ?? {};
    expect(selects(selector, template.metadata.labels)).toBe(true);
    expect(Object.keys(selector), 'a selector is immutable').not.toContain(label('version'));
  });

  it.each(workloads)('$path runs pinned images within stated resources', (workload) => {
    for (const { image, resources, imagePullPolicy } of containersOf(workload)) {
      expect(image).toMatch(/^[\w.-]+\.[a-z]+\/[\w./-]+(:(?!latest)[\w.-]+)(@sha256:[0-9a-f]{64})?$/);
      expect(imagePullPolicy).toBe('IfNotPresent');
      expect(Object.keys(resources.requests).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
      expect(resources.limits.memory).toBe(resources.requests.memory);
    }
  });

  it.each(workloads)('$path names only what exists', ({ environment, object, template }) => {
    const { namespace } = object.metadata;
    const { serviceAccountName, priorityClassName, volumes = [] } = template.spec;
    expect(namesOf(environment, 'ServiceAccount', namespace)).toContain(serviceAccountName);
    expect(namesOf(environment, 'PriorityClass')).toContain(priorityClassName);
    for (const { configMap } of volumes)
      if (configMap)
        expect([
          ...namesOf(environment, 'ConfigMap', namespace),
          ...spreadIn(environment, namespace),
        ]).toContain(configMap.name);
  });

  it.each(workloads)('$path mounts every volume it declares, and no other', (workload) => {
    const claims = (workload.maker.volumeClaimTemplates ?? []).map(({ metadata }) => metadata);
    const declared = [...(workload.template.spec.volumes ?? []), ...claims];
    const mounted = containersOf(workload).flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect([...new Set(mounted.map(({ name }) => name))].sort()).toEqual(
      declared.map(({ name }) => name).sort(),
    );
  });

  it.each(probed)('$path is probed on its own ports', (workload) => {
    const listening = containersOf(workload).filter(({ ports = [] }) => ports.length > 0);
    for (const { startupProbe, livenessProbe, readinessProbe, ports = [] } of listening)
      for (const probe of [startupProbe, livenessProbe, readinessProbe])
        if (probe?.exec === undefined)
          expect(ports.map(({ name }) => name)).toContain((probe?.httpGet ?? probe?.tcpSocket)?.port);
  });

  it.each(silent)(
    '$path listens on nothing and is asked nothing, which only the work itself may',
    (workload) => {
      expect(wanted.map(({ name }) => name)).toContain(workload.application);
      for (const { startupProbe, livenessProbe, readinessProbe } of containersOf(workload))
        expect([startupProbe, livenessProbe, readinessProbe]).toEqual([undefined, undefined, undefined]);
    },
  );
});

/** The longest time until the kubelet acts on what does not answer. */
const noticedSeconds = ({ periodSeconds = 10, failureThreshold = 3, timeoutSeconds = 1 }: Probe) =>
  periodSeconds * failureThreshold + timeoutSeconds;

describe('a process on a busy node', () => {
  it.each(probed)('$path has 10 minutes to start and 2 minutes to answer that it lives', (workload) => {
    for (const { startupProbe, livenessProbe } of containersOf(workload)) {
      // What is ended before it has started takes its CPU once more, from all others that start.
      if (startupProbe !== undefined) expect(noticedSeconds(startupProbe)).toBeGreaterThanOrEqual(600);
      if (livenessProbe === undefined) continue;
      expect(noticedSeconds(livenessProbe)).toBeGreaterThanOrEqual(120);
      expect(livenessProbe.timeoutSeconds).toBeGreaterThanOrEqual(5);
    }
  });
});

describe('a process that is frozen', () => {
  it.each(probed)(
    '$path is not ready within 2 minutes and not alive within 5, for it answers itself',
    (workload) => {
      for (const { readinessProbe, livenessProbe } of containersOf(workload)) {
        // The kernel accepts connections for a process that does not run.
        expect([readinessProbe?.tcpSocket, livenessProbe?.tcpSocket]).toEqual([undefined, undefined]);
        expect(noticedSeconds(readinessProbe ?? {})).toBeLessThanOrEqual(120);
        expect(noticedSeconds(livenessProbe ?? {})).toBeLessThanOrEqual(300);
      }
    },
  );
});

describe('secrets', () => {
  const secretsOf = (name: string) =>
    environments
      .filter((one) => one.name === name)
      .flatMap((one) => expectedSecrets(systemIn(one, applications)));
  const wanted = (environment: string): string[] =>
    workloadsOf(environment).flatMap((workload) => {
      const mounted = (workload.template.spec.volumes ?? []).map(({ secret }) => secret?.secretName);
      const read = containersOf(workload)
        .flatMap(({ env = [] }) => env)
        .map(({ valueFrom }) => valueFrom?.secretKeyRef?.name);
      const names = [...mounted, ...read].filter((name) => name !== undefined);
      return names.map((name) => `${workload.object.metadata.namespace}/${name}`);
    });

  it.each(environmentNames)('of %s are those that the environment is told to expect', (environment) => {
    const expected = secretsOf(environment).map(
      ({ owner, secretName }) => `${owner.namespace}/${secretName}`,
    );
    const issued = objectsIn(environment, 'Certificate').map(
      ({ metadata, spec }) => `${metadata.namespace}/${spec.secretName}`,
    );
    // ECK takes some into the keystore of its nodes, and makes that of the administrator itself.
    const servers = objectsIn(environment, 'Elasticsearch');
    const kept = servers.flatMap(({ metadata, spec }) =>
      (spec.secureSettings ?? []).map(({ secretName }) => `${metadata.namespace}/${secretName}`),
    );
    const made = servers.map(({ metadata }) => `${metadata.namespace}/${metadata.name}-es-elastic-user`);
    // Traefik reads who may see the board; who may see an addon's page comes with the addon.
    const asksFor = objectsIn(environment, 'Middleware').flatMap(({ metadata, spec }) =>
      metadata.namespace === 'monitoring' || spec.basicAuth === undefined
        ? []
        : [`${metadata.namespace}/${spec.basicAuth.secret}`],
    );
    // KEDA reads the queue by a user of its own for each worker.
    const readByKeda = objectsIn(environment, 'TriggerAuthentication').flatMap(({ metadata, spec }) =>
      (spec.secretTargetRef ?? []).map(({ name }) => `${metadata.namespace}/${name}`),
    );
    const asked = [...wanted(environment), ...kept, ...asksFor, ...readByKeda].filter(
      (name) => ![...issued, ...made].includes(name),
    );
    expect([...new Set(asked)].sort()).toEqual(expected.sort());
  });

  it.each(environments)('of $name come from its secret manager, key by key, if it has one', (environment) => {
    const { name, secrets } = environment;
    const fetched = objectsIn(name, 'ExternalSecret').map(({ metadata, spec }) => ({
      ...{
        namespace: metadata.namespace,
        name: spec.target.name,
        keys: spec.data.map(({ secretKey }) => secretKey),
      },
    }));
    const expected = [...secretsOf(name), ...addonSecretsOf(environment)].map(
      ({ owner, secretName, keys }) => ({
        ...{ namespace: owner.namespace, name: secretName, keys: Object.keys(keys) },
      }),
    );
    expect(fetched).toHaveLength(secrets.kind === 'external' ? expected.length : 0);
    for (const secret of fetched) expect(expected).toContainEqual(secret);
  });
});
