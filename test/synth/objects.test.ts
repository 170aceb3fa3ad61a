import { describe, expect, it } from 'vitest';
import { expectedSecrets } from '../../apps/credentials.ts';
import { environments } from '../../apps/environments.ts';
import {
  containersOf,
  environmentNames,
  type Fields,
  inEnvironment,
  ofKind,
  rendered,
  selects,
  type Workload,
  workloads,
  workloadsOf,
} from './dist.ts';

const CLUSTER_SCOPED = ['Namespace', 'PriorityClass'];
const EVERY_LABEL = ['part-of', 'managed-by'];
const WORKLOAD_LABELS = ['name', 'instance', 'component', 'version', ...EVERY_LABEL];

const label = (name: string): string => `app.kubernetes.io/${name}`;
const namesOf = (environment: string, kind: string, namespace?: string): string[] =>
  inEnvironment(environment)
    .filter((object) => object.kind === kind && object.metadata.namespace === namespace)
    .map((object) => object.metadata.name);

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

describe('every workload', () => {
  it.each(workloads)('$path has the standard labels, and its selector selects its own pods', (workload) => {
    const { object, template } = workload;
    for (const labels of [object.metadata.labels, template.metadata.labels])
      expect(Object.keys(labels ?? {})).toEqual(expect.arrayContaining(WORKLOAD_LABELS.map(label)));
    const selector = object.spec.selector?.matchLabels;
    if (selector === undefined) return;
    expect(selects(selector, template.metadata.labels)).toBe(true);
    expect(Object.keys(selector), 'a selector is immutable').not.toContain(label('version'));
  });

  it.each(workloads)('$path runs pinned images within stated resources', (workload) => {
    for (const { image, resources, imagePullPolicy } of containersOf(workload)) {
      expect(image).toMatch(/^[\w.-]+\.[a-z]+\/[\w./-]+(:(?!latest)[\w.-]+)(@sha256:[0-9a-f]{64})?$/);
      expect(imagePullPolicy).toBe('IfNotPresent');
      expect(Object.keys(resources.requests)).toEqual(
        expect.arrayContaining(['cpu', 'memory', 'ephemeral-storage']),
      );
      expect(resources.limits.memory).toBe(resources.requests.memory);
    }
  });

  it.each(workloads)('$path names only what exists', ({ environment, object, template }) => {
    const { namespace } = object.metadata;
    const { serviceAccountName, priorityClassName, volumes = [] } = template.spec;
    expect(namesOf(environment, 'ServiceAccount', namespace)).toContain(serviceAccountName);
    expect(namesOf(environment, 'PriorityClass')).toContain(priorityClassName);
    for (const { configMap } of volumes)
      if (configMap) expect(namesOf(environment, 'ConfigMap', namespace)).toContain(configMap.name);
  });

  it.each(workloads)('$path mounts every volume it declares, and no other', (workload) => {
    const claims = workload.object.spec.volumeClaimTemplates ?? [];
    const declared = [
      ...(workload.template.spec.volumes ?? []),
      ...claims.map(({ metadata }: Fields) => metadata),
    ];
    const mounted = containersOf(workload).flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect(mounted.map(({ name }) => name).sort()).toEqual(declared.map(({ name }) => name).sort());
  });

  it.each(workloads.filter(({ object }) => !object.kind.endsWith('Job')))('$path is probed', (workload) => {
    for (const container of containersOf(workload)) {
      const { startupProbe, livenessProbe, readinessProbe, ports } = container;
      const names = ports.map(({ name }: Fields) => name);
      for (const probe of [startupProbe, livenessProbe, readinessProbe])
        expect(names).toContain((probe.httpGet ?? probe.tcpSocket).port);
    }
  });
});

describe('secrets', () => {
  const wanted = (environment: string): string[] =>
    workloadsOf(environment).flatMap((workload) =>
      [
        ...(workload.template.spec.volumes ?? []).map(({ secret }: Fields) => secret?.secretName),
        ...containersOf(workload)
          .flatMap(({ env = [] }) => env)
          .map(({ valueFrom }: Fields) => valueFrom?.secretKeyRef?.name),
      ]
        .filter(Boolean)
        .map((name) => `${workload.object.metadata.namespace}/${name}`),
    );

  it.each(environmentNames)('of %s are those that the environment is told to expect', (environment) => {
    const expected = expectedSecrets.map(({ owner, secretName }) => `${owner.namespace}/${secretName}`);
    expect([...new Set(wanted(environment))].sort()).toEqual(expected.sort());
  });

  it('come from the secret manager where there is one, key by key', () => {
    for (const { name, secrets } of environments) {
      const external = inEnvironment(name).filter(({ kind }) => kind === 'ExternalSecret');
      const expected = secrets.kind === 'external' ? expectedSecrets : [];
      expect(
        external.map(({ metadata, spec }) => [metadata.namespace, spec.target.name, keysOf(spec)]).sort(),
      ).toEqual(
        expected
          .map(({ owner, secretName, keys }) => [owner.namespace, secretName, Object.keys(keys)])
          .sort(),
      );
    }
  });

  const keysOf = (spec: Fields): string[] => spec.data.map(({ secretKey }: Fields) => secretKey);
});

describe('replica counts', () => {
  /** namespace/name of every Deployment that a scaler's file names. */
  const scaled = (environment: string): string[] =>
    inEnvironment(environment)
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'scaler')
      .flatMap(({ data }) => JSON.parse((data as Record<string, string>)['config.json'] ?? '').workloads)
      .map(({ target }) => `${target.namespace}/${target.name}`);

  it.each(environmentNames)('in %s have one owner: the scaler or the manifest', (environment) => {
    const deployments = inEnvironment(environment).filter(({ kind }) => kind === 'Deployment');
    const id = ({ metadata }: Fields): string => `${metadata.namespace}/${metadata.name}`;
    const withoutReplicas = deployments.filter(({ spec }) => spec.replicas === undefined).map(id);
    expect(withoutReplicas).toEqual(scaled(environment));
    expect(withoutReplicas).toEqual(['consumer/consumer']);
  });
});

describe('stopping', () => {
  const seconds = (workload: Workload, name: string): number | undefined => {
    const value = containersOf(workload)[0].env.find((each: Fields) => each.name === name)?.value;
    return value === undefined ? undefined : Number(value);
  };

  it('leaves a consumer time for the job in hand before the kill', () => {
    const consumers = workloads.filter(({ object }) => object.metadata.name === 'consumer');
    expect(consumers.length).toBe(environmentNames.length);
    for (const consumer of consumers) {
      const deadline = seconds(consumer, 'STOP_DEADLINE_SECONDS') ?? 0;
      expect(deadline).toBeGreaterThanOrEqual(seconds(consumer, 'WORK_SECONDS') ?? Number.POSITIVE_INFINITY);
      expect(consumer.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(deadline);
    }
  });

  it('lets a Job finish all its tries, and a CronJob do so before the next run', () => {
    for (const workload of workloads.filter(({ object }) => object.kind.endsWith('Job'))) {
      const { object } = workload;
      const spec = object.kind === 'CronJob' ? object.spec.jobTemplate.spec : object.spec;
      const tries = spec.backoffLimit + 1;
      expect(spec.activeDeadlineSeconds).toBeGreaterThanOrEqual(
        tries * (seconds(workload, 'DEADLINE_SECONDS') ?? 0),
      );
      if (object.kind === 'CronJob')
        expect(spec.activeDeadlineSeconds).toBeLessThan(everySeconds(object.spec.schedule));
    }
  });

  const everySeconds = (schedule: string): number =>
    Number(/^\*\/(\d+) \* \* \* \*$/.exec(schedule)?.[1]) * 60;

  it('has a disruption budget where there can be two pods, and none where it would block a drain', () => {
    for (const { path, environment, object } of ofKind('PodDisruptionBudget')) {
      const { selector, unhealthyPodEvictionPolicy, maxUnavailable } = object.spec;
      expect(unhealthyPodEvictionPolicy, path).toBe('AlwaysAllow');
      expect(Number.parseInt(String(maxUnavailable), 10), path).toBeGreaterThan(0);
      const guarded = workloadsOf(environment).filter(
        (workload) =>
          workload.object.metadata.namespace === object.metadata.namespace &&
          selects(selector.matchLabels, workload.template.metadata.labels),
      );
      expect(
        guarded.map((workload) => workload.object.kind),
        path,
      ).toEqual(['Deployment']);
    }
    const replicated = workloads.filter(({ object }) => object.kind === 'Deployment').length;
    expect(ofKind('PodDisruptionBudget').length).toBe(replicated);
  });
});
