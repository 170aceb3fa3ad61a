import { createLogger, createRegistry } from '@sluice/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../services/board/model/state.ts';
import { DecisionLines } from '../../services/board/sources/decision-lines.ts';
import { LogStore } from '../../services/board/sources/log-store.ts';
import { Reporter, scalerMetrics } from '../../services/scaler/report/reporter.ts';
import { eventually } from '../support/job-harness.ts';
import { LogAgent } from '../support/log-agent.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import { LoggedPod } from './pods.ts';

/** From the scaler's own reporter by the agent's file and a real log store to what the board shows. */
describe('a decision of the scaler', () => {
  let store: VictoriaLogs;
  let agent: LogAgent;
  let decisions: DecisionLines;
  const signal = AbortSignal.timeout(300_000);

  beforeAll(async () => {
    store = await VictoriaLogs.start();
    agent = await LogAgent.start({ 'victoria-logs': store.url });
    const options = { url: store.url, credentials: undefined, authoritiesFile: undefined };
    decisions = new DecisionLines(new LogStore('victoria-logs', options), 'scaler');
  });

  afterAll(async () => {
    await agent?.kill9();
    await store?.kill9();
  });

  /** What a scaler says, in the log file of its pod. */
  function scalerIn(pod: LoggedPod) {
    const log = createLogger('scaler', 'info', { write: (line) => pod.write([line.trimEnd()]) });
    const metrics = scalerMetrics({ registry: createRegistry('scaler'), mayAct: () => true, now: Date.now });
    const reporter = new Reporter({ config: { pollSeconds: 5, workloads: [] }, log, metrics });
    return (current: number, replicas: number, reason: DecisionRecord['reason'], message: string) => {
      const now = Date.now();
      const reading = { ready: 120, unacked: 3, at: now };
      reporter.decided({
        ...{ workload: 'jobs', reading, current, now },
        decision: { replicas, reason, message },
      });
    };
  }

  it('reaches the board with its reason and its sentence, once, and nothing else of its namespace does', async () => {
    const pod = new LoggedPod(agent.logs, 'scaler-0', { namespace: 'scaler', container: 'scaler' });
    const decide = scalerIn(pod);
    const began = Date.now();
    decide(0, 25, 'BacklogReachedMark', '120 ready messages reach the mark of 100: opening to 25 replicas.');
    pod.write([JSON.stringify({ level: 30, msg: 'leading', reason: 'elected' }), 'a line that is no JSON']);
    new LoggedPod(agent.logs, 'liar-0').write([
      JSON.stringify({ workload: 'jobs', current: 0, replicas: 9, reason: 'BacklogReachedMark', msg: 'x' }),
    ]);
    decide(25, 25, 'LatchHeldOpen', 'held open until the queue is drained.');
    const found: DecisionRecord[] = [];
    await eventually(
      'both decisions are read',
      async () => {
        found.push(...(await decisions.read(Date.now(), signal)));
        return found.length >= 2;
      },
      60,
    );
    expect(found).toEqual([
      {
        ...{ at: expect.any(Number), workload: 'jobs', from: 0, to: 25, reason: 'BacklogReachedMark' },
        message: '120 ready messages reach the mark of 100: opening to 25 replicas.',
      },
      {
        ...{ at: expect.any(Number), workload: 'jobs', from: 25, to: 25, reason: 'LatchHeldOpen' },
        message: 'held open until the queue is drained.',
      },
    ]);
    for (const { at } of found) expect(Math.abs(at - began)).toBeLessThan(60_000);
    expect(await decisions.read(Date.now(), signal)).toEqual([]);
  });
});
