/** Of every worker whose files share modules: properties are tried as often as the run wants, and no false clock lasts. */
import fc from 'fast-check';
import { afterAll, vi } from 'vitest';
import { DEFAULT_RUNS, runs } from './properties.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs(DEFAULT_RUNS) });

/** Files of one worker share its clock: none leaves a false one behind. */
afterAll(() => {
  vi.useRealTimers();
});
