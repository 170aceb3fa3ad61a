import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Alerts } from './alerts.ts';
import { Broker, type BrokerProps } from './broker.ts';
import { Credentials } from './credentials.ts';
import { DisruptionBudget, Priority } from './disruption.ts';
import { WebPage } from './ingress.ts';
import type { Identity } from './labels.ts';
import { Namespace } from './namespace.ts';
import { NetworkAccess, peers } from './network-policy.ts';
import { ScalePermission } from './permissions.ts';
import { workQueue } from './queue-topology.ts';
import { Scaler } from './scaler.ts';
import { ScheduledJob } from './scheduled-job.ts';
import { faultsOf, objectsOf } from './testing.ts';
import { Topology } from './topology.ts';
import { Worker, type WorkerProps } from './worker.ts';

const self: Identity = { name: 'x', namespace: 'x', component: 'worker' };
const image = 'registry.example/x:1.0.0';

describe('a construct that is asked for what cannot work', () => {
  const worker: WorkerProps = {
    ...self,
    image,
    longestJobSeconds: 5,
    stopDeadlineSeconds: 30,
    priorityClassName: 'low',
  };
  const bad = { ...worker, name: 'Worker', image: 'x:latest', prefetch: 10, stopDeadlineSeconds: 30 };

  it('names every fault at once: the property, its value and the constraint', () => {
    const faults = faultsOf((scope) => new Worker(scope, 'x', { ...bad, terminationGracePeriodSeconds: 30 }));
    expect(faults).toEqual([
      "'name' (Worker) must be a DNS label: a-z, 0-9 and -, at most 63",
      "'image' (x:latest) must be pinned by a tag other than latest or a digest",
      "'stopDeadlineSeconds' (30) must be at least 'prefetch' (10) x 'longestJobSeconds' (5)",
      "'terminationGracePeriodSeconds' (30) must exceed 'stopDeadlineSeconds' (30)",
    ]);
  });

  const scheduled = { ...self, image, environment: {}, credentials: 'secret', priorityClassName: 'low' };
  it.each([
    [
      'tries that outlast the period',
      (scope: Construct) =>
        new ScheduledJob(scope, 'x', { ...scheduled, everyMinutes: 5, deadlineSeconds: 120, retries: 3 }),
      [
        "'deadlineSeconds' (120) with 'retries' (3) takes up to 550 s and must end before the next run ('everyMinutes' 5)",
      ],
    ],
    [
      'an uneven period',
      (scope: Construct) =>
        new ScheduledJob(scope, 'x', { ...scheduled, everyMinutes: 7, deadlineSeconds: 10 }),
      ["'everyMinutes' (7) must divide 60"],
    ],
    [
      'a budget for one pod that also blocks every drain',
      (scope: Construct) => new DisruptionBudget(scope, 'x', { ...self, maxReplicas: 1, maxUnavailable: 0 }),
      [
        "'maxReplicas' (1) must be a whole number of at least 2",
        "'maxUnavailable' (0) must be at least 1 pod or 1%: 0 blocks every drain",
      ],
    ],
    [
      'a budget that leaves a drain nothing while there are fewest pods',
      (scope: Construct) =>
        new DisruptionBudget(scope, 'x', { ...self, maxReplicas: 15, minReplicas: 2, minAvailable: 2 }),
      [
        "'minAvailable' (2) must be below 'minReplicas' (2): with as few as that none may go, and every drain waits",
      ],
    ],
    [
      'a namespace that is open without a reason',
      (scope: Construct) =>
        new Namespace(scope, 'x', { name: 'x', podSecurity: 'privileged', podSecurityVersion: 'latest' }),
      [
        "'podSecurityVersion' (latest) must be a minor such as v1.34",
        "'podSecurity' (privileged) needs 'because': the reason why it is not restricted",
      ],
    ],
    [
      'a peer that is everybody',
      (scope: Construct) =>
        new NetworkAccess(scope, 'x', {
          ...self,
          ingress: [{ peer: peers.pods('default', {}), port: 0 }],
          egress: [{ peer: peers.addresses('10.0.0.0/33'), port: 443 }],
        }),
      [
        "'port' (0) must be 1 to 65535",
        "'podLabels' of default must not be empty: {} is every pod",
        "'cidr' (10.0.0.0/33) must be an IPv4 block such as 10.0.0.0/16",
      ],
    ],
    [
      'an alert without a readable text',
      (scope: Construct) => {
        const alert = { severity: 'info', expr: '1', summary: '', description: '' } as const;
        return new Alerts(scope, 'x', {
          ...self,
          runbook: '',
          dashboard: 'overview',
          alerts: [{ ...alert, name: 'too_bad', for: 'soon' }],
        });
      },
      ["'name' (too_bad) must be CamelCase", "'for' (soon) of too_bad must be such as 2m"],
    ],
    [
      'a page without a host',
      (scope: Construct) =>
        new WebPage(scope, 'x', {
          ...self,
          host: 'x',
          service: 'X',
          port: 'http',
          ingressClassName: 'traefik',
        }),
      [
        "'host' (x) must be a host name of at least two labels",
        "'service' (X) must be a DNS label: a-z, 0-9 and -, at most 63",
      ],
    ],
    [
      'a Secret without keys',
      (scope: Construct) =>
        new Credentials(scope, 'x', { ...self, secretName: 'x', keys: {}, store: { kind: 'pre-made' } }),
      ["'keys' must not be empty"],
    ],
    [
      "a priority that is Kubernetes' own",
      (scope: Construct) =>
        new Priority(scope, 'x', { name: 'system-mine', value: 2_000_000_000, description: '' }),
      [
        "'name' (system-mine) must not begin with system-: those are Kubernetes' own",
        "'value' (2000000000) must be a whole number of at most 1000000000",
      ],
    ],
    [
      'jobs that sometimes take longer than a pod has to finish them',
      (scope: Construct) => new Worker(scope, 'x', { ...worker, longestJobSeconds: 35 }),
      ["'stopDeadlineSeconds' (30) must be at least 'prefetch' (1) x 'longestJobSeconds' (35)"],
    ],
    [
      'a grant to no account',
      (scope: Construct) =>
        new ScalePermission(scope, 'x', { ...self, to: { serviceAccount: '', namespace: 'x' } }),
      ["'to.serviceAccount' () must be a DNS label: a-z, 0-9 and -, at most 63"],
    ],
  ])('refuses %s', (_, build, faults) => {
    expect(faultsOf(build)).toEqual(faults);
  });

  it("lists the scaler's own faults with those of its configuration", () => {
    const faults = faultsOf(
      (scope) =>
        new Scaler(scope, 'x', {
          ...{ ...self, image: 'x', credentials: 'secret', priorityClassName: 'high' },
          config: { pollSeconds: -1, workloads: [] },
        }),
    );
    expect(faults[0]).toBe("'image' (x) must be pinned by a tag other than latest or a digest");
    expect(faults.some((fault) => fault.startsWith("'pollSeconds' (-1)"))).toBe(true);
  });
});

describe('a broker', () => {
  const props: BrokerProps = {
    ...{ ...self, kind: 'rabbitmq', image, priorityClassName: 'high', volume: { size: '1Gi' } },
    admin: { username: 'admin', secret: 'admin' },
  };

  it.each(['lavinmq', 'rabbitmq'] as const)('has the same ports and names as every other: %s', (kind) => {
    const objects = objectsOf((scope) => new Broker(scope, 'x', { ...props, kind }));
    const services = objects.filter((object) => object.kind === 'Service');
    for (const { spec } of services)
      expect(spec.ports.map(({ name, port }: { name: string; port: number }) => [name, port])).toEqual([
        ['amqp', 5672],
        ['management', 15_672],
        ['metrics', 15_692],
      ]);
    expect(services.map(({ metadata }) => metadata.name)).toEqual(['x', 'x-headless']);
  });

  it('keeps its volume when the StatefulSet goes, and no changing label in the claim', () => {
    const objects = objectsOf((scope) => new Broker(scope, 'x', props));
    const { spec } = objects.find((object) => object.kind === 'StatefulSet');
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
    expect(Object.keys(spec.volumeClaimTemplates[0].metadata.labels)).toEqual([
      'app.kubernetes.io/instance',
      'app.kubernetes.io/name',
    ]);
  });
});

describe('the topology Job', () => {
  const build = (retrySeconds: number, of = image) =>
    objectsOf(
      (scope) =>
        new Topology(scope, 'x', {
          ...{ ...self, image: of, managementUrl: 'http://broker:15672', usersSecret: 'users' },
          admin: { username: 'admin', secret: 'admin' },
          topology: () => workQueue({ queue: 'jobs', retrySeconds, passwordFiles: {} }),
          priorityClassName: 'high',
        }),
    );
  const nameIn = (objects: ReturnType<typeof build>, kind: string): string =>
    objects.find((object) => object.kind === kind).metadata.name;

  it('has another name when anything in it is another, and else the same', () => {
    const names = [build(30), build(30), build(31), build(30, `${image}.1`)].map((each) =>
      nameIn(each, 'Job'),
    );
    expect(names[0]).toBe(names[1]);
    expect(new Set(names).size).toBe(3);
  });

  it('shares its name with the immutable ConfigMap it reads', () => {
    const objects = build(30);
    const { spec } = objects.find((object) => object.kind === 'Job');
    expect(nameIn(objects, 'ConfigMap')).toBe(nameIn(objects, 'Job'));
    expect(JSON.stringify(spec)).toContain(`"configMap":{"name":"${nameIn(objects, 'Job')}"}`);
  });
});
