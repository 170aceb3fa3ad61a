import { loadavg } from 'node:os';
import { freePort } from '@sluice/runtime/processes';
import { prepareBundles } from '../../cli/local/bundles.ts';
import { provideBroker } from '../../cli/up/broker.ts';
import { Ledger, percentile, type ServiceLine } from '../../cli/up/ledger.ts';
import { planFor } from '../../cli/up/options.ts';
import { makeRunDirectory, repositoryRoot } from '../../cli/up/processes.ts';
import { System } from '../../cli/up/system.ts';
import { until } from '../support/service-processes.ts';
import { type Figure, median, round } from './figures.ts';
import { childrenOf, type ProcessUse, useOf } from './process-use.ts';

const JOBS = 2400;
const CONSUMERS = 25;
const WORK_SECONDS = 1;
/** The job that brings the queue to the mark of the consumer. */
const CROSSING = 100;
const FIRST_DONE_SECONDS = 2;
const ABOVE_IDEAL_SECONDS = 3;
const DEADLINE_SECONDS = 600;

/**
 * The parts of `npm start` on a burst: a publisher puts 2,400 jobs of 1 s into an empty queue. Ideal are 25 consumers
 * at work from the first second; p50 waits 48 s then, and p99 95 s.
 */
export async function burst(): Promise<Figure[]> {
  const load = loadavg()[0];
  const signal = new AbortController().signal;
  const plan = planFor({ workSeconds: WORK_SECONDS });
  const bundles = await prepareBundles({ root: repositoryRoot, services: plan.services });
  const broker = await provideBroker(process.env, signal);
  const ledger = new BurstLedger();
  const parts = { broker, bundles, ledger, files: makeRunDirectory(), metricsPort: await freePort() };
  const system = new System({ ...parts, plan });
  try {
    await system.start();
    await until('the scaler decides', () => ledger.said.has('decision'), 60);
    const published = system.publish('burst', JOBS);
    await until('every consumer works', () => ledger.connected.length >= CONSUMERS, 120);
    const uses = childrenOf(process.pid).flatMap(childrenOf).map(useOf);
    await published;
    await until('every job is done', () => ledger.processed === JOBS, DEADLINE_SECONDS);
    return figuresOf(ledger, uses, load);
  } finally {
    await system.stop(10);
    await broker.stop();
  }
}

interface Done {
  readonly index: number;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
  readonly doneAt: number;
}

/** Keeps what the figures are made of. */
class BurstLedger extends Ledger {
  readonly said = new Set<string>();
  readonly done: Done[] = [];
  /** Epoch milliseconds. */
  readonly connected: number[] = [];

  override record(line: ServiceLine): void {
    super.record(line);
    const { msg, service, time } = line as { msg: string; service?: string; time: number };
    this.said.add(msg);
    if (msg === 'connected' && service === 'consumer') this.connected.push(time);
    if (line.msg === 'job processed' && line.outcome === 'succeeded') this.done.push(doneOf(line));
  }
}

function doneOf(line: Extract<ServiceLine, { msg: 'job processed' }>): Done {
  const { durationSeconds } = line as unknown as { durationSeconds: number };
  const index = Number(line.jobId.slice(line.jobId.lastIndexOf('-') + 1));
  return { index, doneAt: line.time, publishedAt: line.time - (line.waitSeconds + durationSeconds) * 1000 };
}

/** Seconds that a job at this place of the order waits when all consumers work from the first second. */
const idealWait = (share: number): number => Math.floor(Math.ceil(JOBS * share) / CONSUMERS) * WORK_SECONDS;

function figuresOf(ledger: BurstLedger, uses: readonly ProcessUse[], load = Number.NaN): Figure[] {
  const { done, waits, connected, decisions } = ledger;
  const crossing = done.toSorted((a, b) => a.publishedAt - b.publishedAt)[CROSSING - 1]?.publishedAt;
  const after = (instant = Number.NaN): number => (instant - (crossing ?? Number.NaN)) / 1000;
  const firstDone = after(Math.min(...done.map(({ doneAt }) => doneAt)));
  const above = (share: number) => percentile(waits, share) - idealWait(share);
  const wait = (name: string, share: number): Figure => ({
    bench: `burst-wait-${name}`,
    value: round(percentile(waits, share)),
    unit: 's',
    target: `<= ${ABOVE_IDEAL_SECONDS} s above the ideal ${idealWait(share)} s`,
    ok: above(share) <= ABOVE_IDEAL_SECONDS,
  });
  const told = (name: string, value: number, unit: string): Figure => ({
    ...{ bench: `burst-${name}`, value: round(value), unit, target: 'none', ok: true },
  });
  return [
    {
      bench: 'burst-first-job-done',
      value: round(firstDone),
      unit: 's after the crossing',
      target: `<= ${FIRST_DONE_SECONDS} s`,
      ok: firstDone <= FIRST_DONE_SECONDS,
    },
    wait('p50', 0.5),
    wait('p99', 0.99),
    told('decision', after(decisions[0]?.at), 's after the crossing'),
    told('first-consumer', after(connected[0]), 's after the crossing'),
    told('last-consumer', after(connected[CONSUMERS - 1]), 's after the crossing'),
    told('consumer-start-cpu', median(uses.map(({ cpuSeconds }) => cpuSeconds)), 's CPU/process'),
    told('consumer-memory', median(uses.map(({ residentMiB }) => residentMiB)), 'MiB resident/process'),
    told('consumer-own-memory', median(uses.map(({ ownMiB }) => ownMiB)), 'MiB of its own/process'),
    told('machine-load', load, 'tasks that ran or waited in the minute before'),
  ];
}
