import { counter, gauge, type Registry } from '@sluice/runtime';
import { board } from '../../packages/contracts/metrics/catalogue.ts';

/** What the board reports of itself. */
export interface BoardMetrics {
  /** @param route a pattern, never a path */
  answered(route: string, status: number): void;
  /** The source of the number of streams. */
  streams(count: () => number): void;
  sourceFailed(): void;
  policyReported(): void;
}

/** Registers what the board reports. */
export function boardMetrics(registry: Registry): BoardMetrics {
  const requests = counter(registry, board.requests);
  let open = () => 0;
  gauge(registry, board.streams, (streams) => streams.set(open()));
  const failures = counter(registry, board.sourceFailures);
  const reports = counter(registry, board.policyReports);
  return {
    answered: (route, status) => requests.inc({ route, status }),
    streams: (count) => {
      open = count;
    },
    sourceFailed: () => failures.inc(),
    policyReported: () => reports.inc(),
  };
}
