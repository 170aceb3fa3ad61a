/**
 * Two readings of the time that passed in this process, milliseconds. A machine may be paused or suspended
 * and its wall clock may be set: `lowerBound` never runs ahead of true time, `upperBound` never behind, as far as
 * either clock noticed.
 */
export interface LeaseClock {
  /** For waiting until another holder's lease expires. */
  lowerBound(): number;
  /** For the life of one's own. */
  upperBound(): number;
}

/** Reads the monotonic clock (which may stop during suspension) and the wall clock (which may be set). */
export function systemClock(
  monotonic: () => number = () => performance.now(),
  wall: () => number = Date.now,
): LeaseClock {
  let [lastMonotonic, lastWall, elapsed] = [monotonic(), wall(), 0];
  const upperBound = (): number => {
    const [nowMonotonic, nowWall] = [monotonic(), wall()];
    elapsed += Math.max(nowMonotonic - lastMonotonic, nowWall - lastWall);
    [lastMonotonic, lastWall] = [nowMonotonic, nowWall];
    return elapsed;
  };
  return { lowerBound: monotonic, upperBound };
}

/** What a Lease said when it was read. */
export interface LeaseRecord {
  /** '' when it was released. */
  readonly holder: string;
  readonly durationMs: number;
  /** Differs after every write by anybody. */
  readonly version: string;
}

/** The durations of an election, milliseconds. */
export interface LeaseTiming {
  /** How long others wait after the last renewal they noticed. */
  readonly durationMs: number;
  /** How long the holder acts after its last renewal began; the rest up to the duration is for writes in flight. */
  readonly renewDeadlineMs: number;
  readonly retryMs: number;
}

/** The defaults of client-go. */
export const defaultTiming: LeaseTiming = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 };

/** A contender's memory: instants are of its own clocks, never of the Lease. */
export interface Candidate {
  /** The version seen last, and when it was seen first (the cautious clock, `lowerBound`). */
  readonly seen?: { readonly version: string; readonly at: number };
  /** When the last successful write of its own began (the strict clock, `upperBound`). */
  readonly renewedAt?: number;
}

/** After a read: a new version restarts the wait, another holder ends one's own leadership. */
export function observe(
  candidate: Candidate,
  record: LeaseRecord,
  me: string,
  lowerBound: number,
): Candidate {
  const seen =
    candidate.seen?.version === record.version ? candidate.seen : { version: record.version, at: lowerBound };
  const { renewedAt } = candidate;
  return record.holder === me && renewedAt !== undefined ? { seen, renewedAt } : { seen };
}

/** Whether the Lease as read may be written over. */
export function mayTake(
  candidate: Candidate,
  record: LeaseRecord,
  me: string,
  lowerBound: number,
  timing: LeaseTiming,
): boolean {
  if (record.holder === '' || record.holder === me) return true;
  if (candidate.seen?.version !== record.version) return false;
  return lowerBound - candidate.seen.at >= Math.max(timing.durationMs, record.durationMs);
}

/** The state after its own successful write; it counts from its start, before any other candidate can see it. */
export const written = (version: string, begunAtMost: number, lowerBound: number): Candidate => ({
  seen: { version, at: lowerBound },
  renewedAt: begunAtMost,
});

/** The fence: true only while no other contender can have waited out the Lease. */
export const mayAct = ({ renewedAt }: Candidate, upperBound: number, timing: LeaseTiming): boolean =>
  renewedAt !== undefined && upperBound - renewedAt < timing.renewDeadlineMs;
