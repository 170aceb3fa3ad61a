import { proportional, type ServiceReport, type ServiceSimulation, simulateService } from '@sluice/policy';
import type { ServiceWork } from '../../../apps/application.ts';
import { ConfigurationError } from '../../contracts/checks.ts';
import { podHours, type Rows } from './figures.ts';
import { type LoadOptions, traceOf } from './load.ts';

/** The default of Kubernetes' controller manager. */
const SYNC_SECONDS = 15;

/**
 * A web service under recorded requests, without its timetable and with it.
 * @throws {ConfigurationError} without a trace: no file declares which requests arrive
 */
export function besideNoTimetable(
  service: ServiceWork,
  pollSeconds: number,
  options: LoadOptions,
): Record<string, ServiceReport> {
  const { minReplicas: minimum, maxReplicas, behavior, requests, scrapeSeconds } = service;
  if (requests === undefined)
    throw new ConfigurationError('simulate', [`'${service.name}' follows no counter of requests`]);
  const { perReplica, windowSeconds } = requests;
  const minReplicas = typeof minimum === 'number' ? minimum : minimum.policy.minReplicas;
  const simulation: ServiceSimulation = {
    ...recorded(options),
    policy: proportional({ perReplica, minReplicas, maxReplicas, behavior }),
    capacityPerReplica: perReplica,
    timing: {
      ...{ scrapeSeconds, windowSeconds, pollSeconds, syncSeconds: SYNC_SECONDS },
      podStartSeconds: options.podStartSeconds,
    },
    seed: options.seed,
  };
  return {
    'requests alone': simulateService(simulation),
    ...(typeof minimum !== 'number' && {
      'with the timetable': simulateService({ ...simulation, minimum }),
    }),
  };
}

function recorded({ trace, jobs, everySeconds, seconds }: LoadOptions) {
  const faults = [
    ...(trace === undefined ? ["needs '--trace' for a service: requests as recorded"] : []),
    ...((jobs ?? everySeconds) ? ["takes '--jobs' and '--every' for a queue, not for a service"] : []),
  ];
  if (trace === undefined || faults.length > 0) throw new ConfigurationError('simulate', faults);
  const arrivals = traceOf(trace);
  const [first = 0, last = 0] = [arrivals.entries[0], arrivals.entries.at(-1)].map(
    (entry) => entry?.epochSeconds,
  );
  return { requests: arrivals, startAt: first * 1000, seconds: seconds ?? last - first + 1 };
}

/** The rows of a report about a web service. */
export const requestRows: Rows<ServiceReport> = [
  ['requests', ({ requests: all }) => String(all)],
  ['beyond what the pods are meant to take', ({ requestsOverCapacity }) => requestsOverCapacity.toFixed(0)],
  ['in so many seconds', ({ secondsOverCapacity }) => String(secondsOverCapacity)],
  ['most replicas', ({ peakReplicas }) => String(peakReplicas)],
  ['pod time', ({ podSeconds }) => podHours(podSeconds)],
];
