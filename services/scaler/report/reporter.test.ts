import { latch, type Reading } from '@sluice/policy';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { catalogues } from '../../../packages/contracts/metrics/catalogue.ts';
import { metricRows, registeredRows } from '../../../test/support/readme.ts';
import type { Outcome } from '../control/controller.ts';
import { EventRecorder, type Notice } from './events.ts';
import { Reporter, scalerMetrics } from './reporter.ts';

const now = 1_700_000_000_000;

function setup() {
  const registry = new Registry();
  const lines: object[] = [];
  const events: (Notice & { eventName: string })[] = [];
  const series: object[] = [];
  const clock = { now };
  const failures: unknown[] = [];
  const recorder = new EventRecorder({
    api: {
      createEvent: async (event) => void events.push(event),
      continueSeries: async (event, { count }) => void series.push({ ...event, count }),
    },
    failed: (error) => failures.push(error),
    now: () => clock.now,
  });
  const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
  const source = { kind: 'detailed-metrics', url: 'http://broker', vhost: '/', queue: 'jobs' } as const;
  const target = { kind: 'deployment', namespace: 'c', name: 'consumer' } as const;
  const log = {
    info: (facts: object, msg: string) => lines.push({ msg, ...facts }),
    warn: (facts: object, msg: string) => lines.push({ msg, ...facts }),
  };
  const reporter = new Reporter({
    config: { pollSeconds: 5, workloads: [{ name: 'jobs', policy, source, target }] },
    log,
    metrics: scalerMetrics({ registry, mayAct: () => true, now: () => clock.now }),
    events: recorder,
  });
  return { reporter, registry, lines, events, series, recorder, clock, failures };
}

const outcome = (
  current: number,
  replicas: number,
  reason: Outcome['decision']['reason'],
  reading: Reading = { ready: 100, unacked: 3, oldestWaitSeconds: 12, at: now - 2000 },
): Outcome => ({
  workload: 'jobs',
  reading,
  current,
  decision: { replicas, reason, message: `${reason}.` },
  ...('ready' in reading && reading.ready > 0 && { oldestWait: { seconds: 12, source: 'broker' } }),
  now,
  uid: 'uid-1',
});

it('what is measured stands in the line of a decision and in metrics, with its age', async () => {
  const { reporter, registry, lines, clock } = setup();
  const measures = {
    ...{ at: now - 1000, since: now - 600_000, publishedTotal: 9, acknowledgedTotal: 8, unacked: 1 },
    ...{ arrivalsPerSecond: 1.23456, serviceSeconds: 4.5678, workSeconds: 40, jobs: 10 },
  };
  reporter.decided({ ...outcome(0, 5, 'DesiredWithinRange'), measures });
  clock.now += 4000;
  expect(lines).toMatchObject([{ arrivalsPerSecond: 1.23, serviceSeconds: 4.57 }]);
  const text = await registry.metrics();
  expect(text).toContain('sluice_scaler_arrivals_per_second{workload="jobs"} 1.23456');
  expect(text).toContain('sluice_scaler_service_seconds{workload="jobs"} 4.5678');
  expect(text).toContain('sluice_scaler_measures_age_seconds{workload="jobs"} 5');
});

describe('what the scaler reports', () => {
  it('logs a decision when its replicas or its reason change, not at every poll', () => {
    const { reporter, lines } = setup();
    for (const decided of [
      outcome(0, 0, 'LatchHeldClosed'),
      outcome(0, 0, 'LatchHeldClosed'),
      outcome(0, 25, 'BacklogReachedMark'),
      outcome(25, 25, 'LatchHeldOpen'),
      outcome(25, 25, 'LatchHeldOpen'),
    ]) {
      reporter.decided(decided);
    }
    expect(lines).toHaveLength(3);
    expect(lines[1]).toEqual({
      msg: 'decision',
      workload: 'jobs',
      ready: 100,
      unacked: 3,
      oldestWaitSeconds: 12,
      at: now - 2000,
      current: 0,
      replicas: 25,
      reason: 'BacklogReachedMark',
      message: 'BacklogReachedMark.',
    });
  });

  it('records an Event for each change of replicas and one for a freeze', async () => {
    const { reporter, events, recorder } = setup();
    const missing = { missing: 'refused' };
    reporter.decided(outcome(0, 25, 'BacklogReachedMark'));
    reporter.decided(outcome(25, 25, 'LatchHeldOpen'));
    for (let i = 0; i < 5; i += 1) reporter.decided(outcome(25, 25, 'ReadingMissing', missing));
    reporter.decided(outcome(25, 0, 'BacklogDrained'));
    await recorder.flush();
    expect(events.map(({ type, action, reason }) => [type, action, reason])).toEqual([
      ['Normal', 'Scale', 'BacklogReachedMark'],
      ['Warning', 'Freeze', 'ReadingMissing'],
      ['Normal', 'Scale', 'BacklogDrained'],
    ]);
    expect(events[0]?.regarding).toEqual({
      ...{ kind: 'deployment', namespace: 'c', name: 'consumer', uid: 'uid-1' },
    });
    expect(events[0]?.eventName).toMatch(/^consumer\.[0-9a-f]+$/);
  });

  it('makes repetitions within six minutes one series', async () => {
    const { reporter, events, series, recorder, clock } = setup();
    for (let i = 0; i < 3; i += 1) {
      reporter.decided(outcome(0, 25, 'BacklogReachedMark'));
      clock.now += 60_000;
    }
    clock.now += 6 * 60_000;
    reporter.decided(outcome(0, 25, 'BacklogReachedMark'));
    await recorder.flush();
    expect(events).toHaveLength(2);
    const eventName = events[0]?.eventName;
    expect(series).toEqual([
      { namespace: 'c', eventName, count: 2 },
      { namespace: 'c', eventName, count: 3 },
    ]);
  });

  it('goes on after an Event that could not be sent, and holds at most 100', async () => {
    const sent: string[] = [];
    const failures: unknown[] = [];
    const recorder = new EventRecorder({
      api: {
        createEvent: async ({ note }) => {
          if (note === '0') throw new Error('forbidden');
          sent.push(note);
        },
        continueSeries: async () => {},
      },
      failed: (error) => failures.push(error),
      now: () => now,
    });
    const regarding = { kind: 'deployment', namespace: 'c', name: 'consumer' } as const;
    for (let i = 0; i < 150; i += 1) {
      recorder.record({ regarding, type: 'Normal', reason: 'X', action: 'Scale', note: String(i) });
    }
    await recorder.flush();
    expect(failures).toHaveLength(1);
    expect(sent).toHaveLength(99);
  });

  it('counts every failed reading and logs the first of a kind', async () => {
    const { reporter, registry, lines } = setup();
    for (const cause of ['timeout', 'timeout', 'unreachable'] as const)
      reporter.readingFailed('jobs', cause, 'x');
    reporter.decided(outcome(25, 25, 'ReadingStale'));
    expect(lines.filter((line) => 'cause' in line)).toHaveLength(2);
    const text = await registry.metrics();
    expect(text).toContain('sluice_scaler_reading_failures_total{workload="jobs",cause="timeout"} 2');
    expect(text).toContain('sluice_scaler_reading_failures_total{workload="jobs",cause="unreachable"} 1');
    expect(text).toContain('sluice_scaler_reading_failures_total{workload="jobs",cause="stale"} 1');
  });

  it('shows the last reading, its age, and no oldest wait that is not known any more', async () => {
    const { reporter, registry } = setup();
    reporter.decided(outcome(0, 25, 'BacklogReachedMark'));
    const text = await registry.metrics();
    for (const line of [
      'sluice_scaler_backlog{workload="jobs",state="ready"} 100',
      'sluice_scaler_backlog{workload="jobs",state="unacked"} 3',
      'sluice_scaler_reading_age_seconds{workload="jobs"} 2',
      'sluice_scaler_oldest_wait_seconds{workload="jobs",source="broker"} 12',
      'sluice_scaler_desired_replicas{workload="jobs"} 25',
      'sluice_scaler_current_replicas{workload="jobs"} 25',
      'sluice_scaler_decisions_total{workload="jobs",reason="BacklogReachedMark"} 1',
      'sluice_scaler_leader 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    reporter.decided(outcome(25, 25, 'LatchHeldOpen', { ready: 0, unacked: 3, at: now }));
    expect(await registry.metrics()).not.toContain('sluice_scaler_oldest_wait_seconds{');
  });

  it('distinguishes a lower bound of the oldest wait, the age from the broker, and an unknown age', async () => {
    const { reporter, registry } = setup();
    const waits = async (source: 'broker' | 'first-sight' | 'not-empty-since') => {
      reporter.decided({ ...outcome(0, 0, 'LatchHeldClosed'), oldestWait: { seconds: 7, source } });
      return (await registry.metrics()).split('\n').filter((line) => /^sluice_scaler_oldest_wait/.test(line));
    };
    const series = (source: string) =>
      `sluice_scaler_oldest_wait_seconds{workload="jobs",source="${source}"} 7`;
    expect(await waits('first-sight')).toEqual([series('first-sight')]);
    expect(await waits('broker')).toEqual([series('broker')]);
    expect(await waits('not-empty-since')).toEqual([]);
  });

  it('takes an invalid reading neither for the backlog nor for a young one', async () => {
    const { reporter, registry, clock } = setup();
    reporter.decided(outcome(25, 25, 'LatchHeldOpen'));
    clock.now += 90_000;
    const absurd = { ready: -3, unacked: 0, at: clock.now };
    reporter.decided(outcome(25, 25, 'ReadingInvalid', absurd));
    const text = await registry.metrics();
    expect(text).toContain('sluice_scaler_backlog{workload="jobs",state="ready"} 100\n');
    expect(text).toContain('sluice_scaler_reading_age_seconds{workload="jobs"} 92\n');
  });

  it('registers every metric of its catalogue, and no other', () => {
    const { registry } = setup();
    expect(registeredRows(registry)).toEqual(metricRows(catalogues.scaler).sort());
  });
});
