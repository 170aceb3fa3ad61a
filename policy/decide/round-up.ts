import { MAX_INT32 } from '../bounds.ts';

/** Binary fractions must not cost a replica: 3 x 0.1 / 0.3 is 1.0000000000000002 and means 1. */
export const roundUp = (exact: number): number =>
  exact < MAX_INT32 ? Math.max(0, Math.ceil(exact - exact * 1e-12)) : MAX_INT32;

/** Jobs that one replica begins within a time: 50 s of jobs of 20 s are begun at 0, 20 and 40 s. At least one. */
export const begunWithin = (seconds: number, serviceSeconds: number): number =>
  Math.min(MAX_INT32, 1 + Math.floor((Math.max(0, seconds) / serviceSeconds) * (1 + 1e-12)));
