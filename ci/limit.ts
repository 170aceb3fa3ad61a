/**
 * How long a run may last. One that is cut off from outside counts for nothing, however much of it has passed: before
 * that, a run begins nothing more and says what it has left out.
 * @see .github/workflows/ci.yaml, which cuts it off after 90 minutes
 */
import type { LeftOut } from './report.ts';

/** No other file of a suite begins later: one takes up to 7 minutes, and on a busy machine up to 20. */
export const LAST_BEGIN_MINUTES = 55;

/** No failed file is run once more later. */
export const LAST_RERUN_MINUTES = 65;

/** Why a file is left out whose turn came too late. */
export const TOO_LATE = `the run had lasted ${LAST_BEGIN_MINUTES} minutes before its turn came: the nightly run has it`;

/** @returns the files, each with that reason */
export const tooLate = (files: readonly string[]): LeftOut[] =>
  files.map((what) => ({ what, why: TOO_LATE }));
