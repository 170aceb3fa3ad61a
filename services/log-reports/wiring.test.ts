import { expect, it } from 'vitest';
import { environment } from './config.ts';
import { restorationOf } from './wiring.ts';

/** The faults of a restore with these variables. */
function faultsOf(variables: Readonly<Record<string, string>>): unknown {
  const config = environment.parse({
    ...{ MODE: 'restore', LOG_STORE: 'victoria-logs', LOG_STORE_URL: 'http://127.0.0.1:9428' },
    ...variables,
  });
  try {
    restorationOf(config);
  } catch (error) {
    return (error as { faults?: unknown }).faults;
  }
  throw new Error('it has no fault');
}

it('names every fault of a restore, and of a text that is no instant one alone', () => {
  expect(faultsOf({ FROM: 'yesterday', LOG_STORE: 'loki' })).toEqual([
    "'FROM' (yesterday) must be an instant in RFC 3339, such as 2026-11-29T15:00:00Z",
    "'TO' () must be an instant in RFC 3339, such as 2026-11-29T15:00:00Z",
    "'LOG_STORE' (loki) must be victoria-logs: lines are restored into no other store",
  ]);
  expect(faultsOf({ FROM: '2026-11-29T16:00:00Z', TO: '2026-11-29T15:00:00Z' })).toEqual([
    "'FROM' (2026-11-29T16:00:00Z) must be before 'TO' (2026-11-29T15:00:00Z)",
  ]);
});
