import { METHODS } from 'node:http';
import { counter, gauge, histogram, type Registry } from '@sluice/runtime';
import { api } from '../../packages/contracts/metrics/catalogue.ts';

/** A request that matches no route. */
export const UNMATCHED = 'unmatched';
/** The client was gone before it had its answer; nginx's number for it. */
export const CLIENT_CLOSED_REQUEST = 499;

/** What the service reports of the requests that it serves; its own endpoints are not among them. */
export interface HttpMetrics {
  /** The source of the number of requests in flight. */
  inFlight(count: () => number): void;
  /** `route` is a pattern, never a path. */
  finished(method: string, route: string, status: number, durationSeconds: number): void;
  /** Never became a request: it could not be read. */
  refused(status: number): void;
  shed(): void;
  counts(): Counts;
}

/** /metrics.json; the names are those that the exporter maps. */
export interface Counts {
  readonly request_count: number;
  /** Answers from 400 to 499. */
  readonly '400_count': number;
  /** Answers from 500 to 599. */
  readonly '500_count': number;
}

const known = new Set(METHODS);
/** Methods as a label: a client can make up any other. */
const bounded = (method: string): string => (known.has(method) ? method : 'other');

/** Registers what the service reports of its requests. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const requests = counter(registry, api.requests);
  const duration = histogram(registry, api.duration);
  let inHand = () => 0;
  gauge(registry, api.inFlight, (inFlight) => inFlight.set(inHand()));
  const shed = counter(registry, api.shed);
  const counts = { request_count: 0, '400_count': 0, '500_count': 0 };
  const count = (method: string, route: string, status: number): void => {
    requests.inc({ method, route, status }, 1);
    counts.request_count += 1;
    if (status >= 500) counts['500_count'] += 1;
    else if (status >= 400) counts['400_count'] += 1;
  };
  return {
    inFlight: (count) => {
      inHand = count;
    },
    finished: (method, route, status, durationSeconds) => {
      count(bounded(method), route, status);
      duration.observe({ method: bounded(method), route }, durationSeconds);
    },
    refused: (status) => count('other', UNMATCHED, status),
    shed: () => shed.inc(),
    counts: () => ({ ...counts }),
  };
}
