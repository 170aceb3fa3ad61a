import { setMaxListeners } from 'node:events';
import type { ScalerConfig, Source, Workload } from '@sluice/policy';
import type { Registry } from '@sluice/runtime';
import { alwaysLeader, Controller, type Fence, FixedRateTimer, Histories } from './control/controller.ts';
import type { EventRecorder } from './report/events.ts';
import { type LoggerLike, Reporter, scalerMetrics } from './report/reporter.ts';
import { openSources } from './sources/open-sources.ts';
import type { BacklogSource } from './sources/source.ts';
import type { ReplicaTarget } from './targets/kubernetes.ts';

/** The workloads of a scaler, and where it reads and writes. */
export interface ScalerOptions {
  readonly config: ScalerConfig;
  /** Opens a workload's target; the scaler stops it. */
  readonly openTarget: (workload: Workload) => ReplicaTarget;
  readonly log: LoggerLike;
  readonly registry: Registry;
  /** @default no other scaler changes the counts */
  readonly fence?: Fence;
  /** What is remembered; shared with the lease that carries it. @default empty */
  readonly histories?: Histories;
  readonly events?: EventRecorder;
  /** @default those of the file, over HTTP */
  readonly sources?: ReadonlyMap<string, BacklogSource>;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** [0, 1): spreads the polls. @default Math.random */
  readonly random?: () => number;
}

/** A scaler that runs. */
export interface Scaler {
  /** A new term of leadership begins: what was said before is said again. */
  announce(): void;
  /** No further decision begins; resolves when writes in flight have ended and every target has stopped. */
  stop(): Promise<void>;
}

/** The timeout of one request to a target. With the lease's 10 s fence it ends before the lease's 15 s do. */
export const TARGET_TIMEOUT_MS = 4000;
/** 1,000 workloads read their Deployments over 50 s, 100 or fewer at every 5 s poll. */
const TARGET_READS_PER_SECOND = 20;

/** Whether a second reading within a poll can say anything new: a scrape and the clock do not. */
const TELLS_AT_ONCE: Readonly<Record<Source['kind'], boolean>> = {
  management: true,
  'detailed-metrics': true,
  prometheus: false,
  redis: true,
  clock: false,
};

/** One process for many workloads: starts a loop for each, all independent of one another. */
export function createScaler(options: ScalerOptions): Scaler {
  const { config, now = Date.now, random = Math.random, fence = alwaysLeader } = options;
  const pollMs = config.pollSeconds * 1000;
  const idleMs = (config.idlePollSeconds ?? config.pollSeconds) * 1000;
  const timing = { pollMs: idleMs, timeoutMs: Math.min(pollMs * 0.8, 10_000) };
  const sources = options.sources ?? openSources(config, timing, now);
  const metrics = scalerMetrics({ registry: options.registry, mayAct: () => fence.mayAct(), now });
  const { log, events } = options;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const observer = new Reporter({ config, log, metrics, ...(events !== undefined && { events }) });
  const shared = {
    ...{ observer, now, closing: closing.signal },
    fence: { mayAct: () => !closing.signal.aborted && fence.mayAct() },
    histories: options.histories ?? new Histories(),
    sourceTimeoutMs: timing.timeoutMs,
    targetTimeoutMs: TARGET_TIMEOUT_MS,
    cacheTtlMs: cacheTtlMs(config.workloads.length, pollMs),
    idleTrustMs: idleMs < pollMs ? pollMs : 0,
  };
  const phaseOf = phases(pollMs, idleMs, random);
  const targets: ReplicaTarget[] = [];
  const grids = config.workloads.map((workload) => {
    const source = known(sources, workload.name);
    const target = options.openTarget(workload);
    targets.push(target);
    const controller = new Controller({
      ...shared,
      name: workload.name,
      policy: workload.policy,
      source,
      target,
    });
    const idlePeriodMs = TELLS_AT_ONCE[workload.source.kind] ? idleMs : pollMs;
    const periodMs = () => (controller.idle ? idlePeriodMs : pollMs);
    const instants = { periodMs, phaseMs: phaseOf(source.group), firstWithinMs: idlePeriodMs };
    return new FixedRateTimer(instants, () => controller.tick());
  });
  const stop = async (): Promise<void> => {
    closing.abort();
    await Promise.all(grids.map((grid) => grid.stop()));
    await Promise.all(targets.map((target) => target.stop()));
    for (const source of sources.values()) source.close?.();
  };
  return { announce: () => observer.reset(), stop };
}

/** 0 (always fresh) while all workloads together stay within the rate. */
function cacheTtlMs(workloads: number, pollMs: number): number {
  const needed = (workloads / TARGET_READS_PER_SECOND) * 1000;
  return needed > pollMs ? needed : 0;
}

/**
 * When in the period a workload polls: groups anywhere, members of one group close together (within a tenth
 * of the shortest period, at most half a second) so that one request serves them and none acts on an old
 * answer.
 */
function phases(pollMs: number, idleMs: number, random: () => number): (group: string) => number {
  const groups = new Map<string, number>();
  const spread = Math.min(500, idleMs / 10);
  return (group) => {
    const phase = groups.get(group) ?? random() * pollMs;
    groups.set(group, phase);
    return phase + random() * spread;
  };
}

function known(sources: ReadonlyMap<string, BacklogSource>, workload: string): BacklogSource {
  const source = sources.get(workload);
  if (source === undefined) throw new Error(`workload '${workload}' has no source`);
  return source;
}
