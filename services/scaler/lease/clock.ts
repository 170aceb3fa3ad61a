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
