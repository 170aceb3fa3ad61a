/** Files of one worker share its clock: none leaves a false one behind. */
import { afterAll, vi } from 'vitest';

afterAll(() => {
  vi.useRealTimers();
});
