/** How long to wait on this machine for what takes so many seconds on a quiet one. */
import { availableParallelism, loadavg } from 'node:os';

/** Beyond this a machine is not busy but stuck. */
const MOST = 20;

/**
 * How many programs want each core: a wait for a program takes that many times as long.
 * @param load programs that run or want to, on average over the last minute
 * @returns 1 on a machine with a core for each, at most 20
 */
export const slowness = (load = loadavg()[0] ?? 0, cores = availableParallelism()): number =>
  Math.min(MOST, Math.max(1, load / cores));

/** @returns whole seconds */
export const patient = (seconds: number): number => Math.ceil(seconds * slowness());
