import { createRegistry } from '@sluice/runtime';
import { afterEach } from 'vitest';
import { type ClusterSnapshot, SNAPSHOT_SCHEMA } from '../../../packages/contracts/cluster-snapshot.ts';
import { boardMetrics } from '../metrics.ts';
import { BoardModel } from '../model/board.ts';
import { type BoardOptions, createBoard } from '../server/app.ts';
import { Streams } from '../server/streams.ts';

/** A snapshot of a cluster that has nothing. */
export const emptySnapshot: ClusterSnapshot = {
  ...{ schema: SNAPSHOT_SCHEMA, takenAt: 1000, seconds: 1, missing: [], nodes: [], namespaces: [] },
  ...{ workloads: [], pods: [], services: [], ingresses: [], autoscalers: [], claims: [], events: [] },
  ...{ releases: [], applications: [] },
};

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** Text that is markup, a template and an order of letters to whoever does not escape it. */
export const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e{{7*7}}\${7*7}`;

/** A board that is asked without a socket, and closed after the test. */
export async function board(more: Partial<BoardOptions> = {}, model = new BoardModel()) {
  const registry = createRegistry('board');
  const streams = new Streams({ limit: 2 });
  const reports: string[] = [];
  const app = await createBoard({
    ...{
      prefix: '',
      access: { kind: 'open', hosts: ['localhost'] },
      timeZone: 'UTC',
      requestsPerMinute: 100,
      ...{ lookups: {}, links: {} },
    },
    ...{ state: () => model.state(60_000), streams, registry, metrics: boardMetrics(registry) },
    ...{ ready: () => undefined, failed: (error) => void reports.push(error.message) },
    policyReported: (report) => void reports.push(report),
    ...more,
  });
  opened.push(async () => {
    streams.close();
    await app.close();
  });
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
  return { app, get, model, streams, reports };
}

/** A model that has read one workload twice, and a decision of it. */
export function running(workload = 'jobs', message = 'opening to 25 replicas'): BoardModel {
  const model = new BoardModel();
  const reading = { workload, ready: 40, unacked: 5, replicas: 25, readingAgeSeconds: 1 };
  model.observe([reading], 50_000);
  model.decided({ at: 50_500, workload, from: 0, to: 25, reason: 'BacklogReachedMark', message });
  model.observe([{ ...reading, ready: 30 }], 60_000);
  return model;
}
