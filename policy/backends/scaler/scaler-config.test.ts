import { describe, expect, it } from 'vitest';
import {
  clausesOf,
  compileScalerConfig,
  constant,
  drain,
  latch,
  parseScalerConfig,
  refusals,
  type ScalerConfig,
  ScalerConfigError,
  type Source,
  schedule,
  type Workload,
} from '../../index.ts';

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });
const management: Source = {
  kind: 'management',
  url: 'http://broker:15672',
  vhost: '/',
  queue: 'jobs',
  username: 'scaler',
  passwordFile: '/run/secrets/broker/password',
};
const target = { kind: 'deployment', namespace: 'consumer', name: 'consumer' } as const;
const consumer: Workload = { name: 'consumer', source: management, target, policy };
const blind: Source = { kind: 'prometheus', url: 'http://prometheus:9090', readyQuery: 'sum(ready)' };

const configOf = (...workloads: readonly unknown[]): unknown => ({ pollSeconds: 5, workloads });

function faultsOf(data: unknown): readonly string[] {
  try {
    parseScalerConfig(data);
  } catch (error) {
    if (error instanceof ScalerConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('compileScalerConfig', () => {
  it('gives the file and what becomes of every clause', () => {
    const { config, fidelity } = compileScalerConfig({ pollSeconds: 5, workloads: [consumer] });
    expect(config).toEqual({ pollSeconds: 5, workloads: [consumer] });
    expect(fidelity.map((entry) => `${entry.clause}: ${entry.fidelity}`)).toEqual([
      'startWhen.readyAtLeast: exact',
      'startWhen.oldestWaitSeconds: approximate',
      'ageOpens.as-needed: exact',
      'stopWhen.drained: exact',
      'minReplicas: exact',
      'maxReplicas: exact',
      'staleAfterSeconds: exact',
      'behavior.scaleUp: exact',
      'behavior.scaleDown: exact',
    ]);
  });

  it('keeps the period of an idle workload, where one is given', () => {
    const file = { pollSeconds: 5, idlePollSeconds: 0.5, workloads: [consumer] };
    expect(compileScalerConfig(file).config).toEqual(file);
  });

  it.each([0, -1, 6, Number.NaN, '1', null])(
    'refuses %j seconds between readings of an idle workload',
    (idle) => {
      expect(faultsOf({ pollSeconds: 5, idlePollSeconds: idle, workloads: [consumer] })).toEqual([
        expect.stringMatching(/^'idlePollSeconds' \(.*\) must/),
      ]);
    },
  );

  it('names the windows of a schedule too', () => {
    const windows = [{ start: '0 8 * * *', end: '0 18 * * *', minReplicas: 5 }];
    const office = schedule({ policy, timeZone: 'UTC', windows, holidays: ['2026-12-25'] });
    const { fidelity } = compileScalerConfig({
      pollSeconds: 5,
      workloads: [{ ...consumer, policy: office }],
    });
    expect(fidelity.slice(-2).map(({ clause }) => clause)).toEqual(['windows', 'holidays']);
    const without = schedule({ policy, timeZone: 'UTC', windows });
    expect(clausesOf(without).at(-1)).toBe('windows');
  });

  it('refuses to stop on `drained` when the source does not report what is unacked', () => {
    const { fidelity } = compileScalerConfig({ pollSeconds: 5, workloads: [{ ...consumer, source: blind }] });
    expect(refusals(fidelity)).toEqual([
      "workload 'consumer', stopWhen.drained: a 'prometheus' source without 'unackedQuery' cannot tell work in flight from none, so 'drained' would kill it; add 'unackedQuery' or stop on 'ready-empty'",
    ]);
  });

  it.each([
    ['with unackedQuery', { ...blind, unackedQuery: 'sum(unacked)' }, policy, 'stopWhen.drained', 'exact'],
    [
      'for a drain',
      blind,
      drain({ sloSeconds: 300, meanServiceSeconds: 2, maxReplicas: 25 }),
      'sloSeconds',
      'approximate',
    ],
    [
      'stale samples',
      blind,
      drain({ sloSeconds: 300, meanServiceSeconds: 2, maxReplicas: 25 }),
      'staleAfterSeconds',
      'approximate',
    ],
  ] as const)('a prometheus source %s', (_, source, whole, clause, fidelity) => {
    const compiled = compileScalerConfig({
      pollSeconds: 5,
      workloads: [{ ...consumer, source, policy: whole }],
    });
    expect(compiled.fidelity.find((entry) => entry.clause === clause)?.fidelity).toBe(fidelity);
    expect(refusals(compiled.fidelity)).toEqual([]);
  });

  it('throws for data that is not a configuration', () => {
    const config = { pollSeconds: 0, workloads: [] } as ScalerConfig;
    expect(() => compileScalerConfig(config)).toThrow(ScalerConfigError);
  });
});

describe('parseScalerConfig', () => {
  const processes = {
    kind: 'process',
    command: ['node', 'main.ts'],
    env: { QUEUE: 'jobs' },
    graceSeconds: 35,
  };
  const detailed = { kind: 'detailed-metrics', url: 'http://broker:15692', vhost: '/', queue: 'mail' };

  it('bounds every number: no timer is set for nothing, or for longer than one lasts', () => {
    const grace = (graceSeconds: number) => ({ ...consumer, target: { ...processes, graceSeconds } });
    for (const pollSeconds of [0, 1e-9, 0.009, 3601, 2 ** 31, 1e300])
      expect(faultsOf({ pollSeconds, workloads: [] })).toEqual([
        expect.stringContaining(`'pollSeconds' (${pollSeconds}) must be`),
      ]);
    for (const graceSeconds of [2 ** 31 / 1000, 2 ** 31, 1e300])
      expect(faultsOf(configOf(grace(graceSeconds)))).toEqual([
        expect.stringContaining(`graceSeconds' (${graceSeconds})`),
      ]);
    expect(faultsOf(configOf(grace(2_147_483)))).toEqual([]);
  });

  it('refuses a user that HTTP cannot name', () => {
    expect(faultsOf(configOf({ ...consumer, source: { ...management, username: 'a:b' } }))).toEqual([
      expect.stringContaining("'workloads[0].source.username'"),
    ]);
  });

  it('refuses authorities for a source in clear text, which has no certificate to verify', () => {
    const source = { ...management, url: 'http://broker:15672', caFile: '/etc/ca.crt' };
    expect(faultsOf(configOf({ ...consumer, source }))).toEqual([
      `'workloads[0].source.caFile' ("/etc/ca.crt") must have a 'url' of scheme https: in clear text no server is verified`,
    ]);
  });

  it('reads back what JSON carried', () => {
    const verified = { ...detailed, url: 'https://broker:15691', caFile: '/etc/ca.crt' };
    const data = configOf(consumer, { ...consumer, name: 'mail', source: verified, target: processes });
    expect(parseScalerConfig(JSON.parse(JSON.stringify(data)))).toEqual(data);
  });

  it('lists every fault of every workload at once, a refused clause among them', () => {
    const faults = faultsOf({
      pollSeconds: 40,
      workloads: [
        { ...consumer, source: { ...management, url: 'ftp://broker', password: 'hunter2' } },
        { ...consumer, source: blind },
        { ...consumer, name: '', target: { kind: 'process', command: [], env: { A: 1 }, graceSeconds: -1 } },
        'mail',
      ],
    });
    expect(faults).toEqual([
      "'workloads[0].source.password' is not known here (known: kind, url, vhost, queue, username, passwordFile, caFile)",
      '\'workloads[0].source.url\' ("ftp://broker") must be http:// or https://, a host and at most a port and a path',
      "'workloads[0].policy.staleAfterSeconds' (60) must be at least twice 'pollSeconds' (40)",
      "'workloads[1].policy.staleAfterSeconds' (60) must be at least twice 'pollSeconds' (40)",
      '\'workloads[2].name\' ("") must be a text that is not empty',
      "'workloads[2].target.graceSeconds' (-1) must be a finite number of at least 0",
      "'workloads[2].target.command' ([]) must name a program",
      "'workloads[2].target.env.A' must be a text",
      "'workloads[2].policy.staleAfterSeconds' (60) must be at least twice 'pollSeconds' (40)",
      '\'workloads[3]\' ("mail") must be an object',
      '\'workloads[1].name\' ("consumer") must be unique: workloads[0] has it already',
      '\'workloads[1].target\' ("consumer/consumer") must be unique: workloads[0] has it already',
      expect.stringContaining(
        "workload 'consumer', stopWhen.drained: a 'prometheus' source without 'unackedQuery'",
      ),
    ]);
  });

  it.each([
    'http://scaler:hunter2@broker:15672',
    'http://scaler:hun@ter2@broker:15672',
    'http://scaler:12#hunter2@broker',
    'http://scaler:12/hunter2@broker',
    'not a url //scaler:hunter2@broker',
    'scaler:hunter2@broker:15672',
    'http://broker:hunter2',
    'http://broker?password=hunter2',
    'http://broker/#hunter2',
    'http://broker\\hunter2',
  ])('a password in a URL is a fault that does not repeat it: %s', (url) => {
    const faults = faultsOf(configOf({ ...consumer, source: { ...management, url } }));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^'workloads\[0\].source.url' /);
    expect(faults[0]).not.toMatch(/hun|ter2/);
  });

  describe('a policy, its source and its target fit together', () => {
    const clock: Source = { kind: 'clock' };
    const hpa = { kind: 'hpa', namespace: 'api', name: 'api' } as const;
    const timetable = (replicas: number) =>
      schedule({
        policy: constant({ replicas, maxReplicas: 15 }),
        timeZone: 'Europe/Berlin',
        windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 }],
      });
    const timed = { name: 'api', source: clock, target: hpa, policy: timetable(1) };

    it.each([
      ['the minimum of an HPA', timed],
      ['a Deployment by a timetable', { ...timed, target, policy: timetable(0) }],
      ['a Deployment that is always as large', { ...timed, target, policy: constant({ replicas: 2 }) }],
    ])('%s', (_, workload) => {
      expect(parseScalerConfig(configOf(workload))).toEqual(configOf(workload));
      const { fidelity } = compileScalerConfig({ pollSeconds: 5, workloads: [workload] });
      expect(fidelity.every((entry) => entry.fidelity === 'exact')).toBe(true);
    });

    it('a clock has no backlog to follow, and a backlog needs a policy that follows it', () => {
      const drained = drain({ sloSeconds: 300, meanServiceSeconds: 2, maxReplicas: 25 });
      const windows = [{ start: '0 8 * * *', end: '0 18 * * *', minReplicas: 5 }];
      const scheduled = schedule({ policy: drained, timeZone: 'UTC', windows });
      expect(faultsOf(configOf({ ...consumer, source: clock, policy: scheduled }))).toEqual([
        "'workloads[0].source.kind' (\"clock\") must tell a backlog: a policy 'drain' follows one",
      ]);
      expect(faultsOf(configOf({ ...timed, source: management }))).toEqual([
        "'workloads[0].source.kind' (\"management\") must be clock: a policy 'constant' follows no backlog",
      ]);
    });

    it("an HPA's minimum is 1, has one owner, and follows no second load", () => {
      const twice = [
        { ...timed, policy: timetable(0) },
        { ...consumer, target: { ...hpa, name: 'mail' } },
        { ...timed, name: 'again' },
        // The Deployment of that name is another object.
        { ...timed, name: 'beside', target: { ...hpa, kind: 'deployment' } },
      ];
      expect(faultsOf(configOf(...twice))).toEqual([
        "'workloads[0].policy.policy.minReplicas' (0) must be at least 1 for a target 'hpa'",
        "'workloads[1].source.kind' (\"management\") must be clock for a target 'hpa': the HPA follows the load",
        "'workloads[1].policy.minReplicas' (0) must be at least 1 for a target 'hpa'",
        '\'workloads[2].target\' ("api/api") must be unique: workloads[0] has it already',
      ]);
    });
  });

  it('the policy of a schedule must be fresh as well', () => {
    const windows = [{ start: '0 8 * * *', end: '0 18 * * *', minReplicas: 5 }];
    const office = schedule({ policy, timeZone: 'UTC', windows });
    expect(faultsOf({ pollSeconds: 31, workloads: [{ ...consumer, policy: office }] })).toEqual([
      "'workloads[0].policy.policy.staleAfterSeconds' (60) must be at least twice 'pollSeconds' (31)",
    ]);
  });

  it.each([
    [undefined, "'config' (undefined) must be an object"],
    [{ pollSeconds: 5 }, "'workloads' (undefined) must be a list"],
    [
      configOf({ ...consumer, target: { ...target, name: 'Consumer' } }),
      '\'workloads[0].target.name\' ("Consumer") must be a Kubernetes name: a-z, 0-9, - and .',
    ],
    [
      configOf({ ...consumer, source: { kind: 'kafka' } }),
      '\'workloads[0].source.kind\' ("kafka") must be one of management, detailed-metrics, prometheus, redis, clock',
    ],
  ])('refuses %j', (data, fault) => {
    expect(faultsOf(data)).toEqual([fault]);
  });
});

it('shows of a list or an object only what it is: it may be nested without an end, or hold a secret', () => {
  let nested: unknown = 'sesame';
  for (let level = 0; level < 20_000; level += 1) nested = [nested];
  const faults = faultsOf({ pollSeconds: nested, workloads: { password: 'sesame' } });
  expect(faults).toEqual([
    "'pollSeconds' (a list) must be a finite number above 0 of at most 3600",
    "'workloads' (an object) must be a list",
  ]);
});
