import { METHODS } from 'node:http';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A request that matches no route. */
export const UNMATCHED = 'unmatched';
/** The client was gone before it had its answer; nginx's number for it. */
export const CLIENT_CLOSED_REQUEST = 499;

/** What the service reports of the requests that it serves; its own endpoints are not among them. */
export interface HttpMetrics {
  /** Who knows how many requests are in hand. */
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

// An answer is a matter of a millisecond; p99 targets lie between 5 ms and 1 s.
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const known = new Set(METHODS);
/** Methods as a label: a client can make up any other. */
const bounded = (method: string): string => (known.has(method) ? method : 'other');

export function httpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the end of the headers to the end of the answer.',
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers,
  });
  let inHand = () => 0;
  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests in hand.',
    registers,
    collect() {
      this.set(inHand());
    },
  });
  const shed = new Counter({
    name: 'http_requests_shed_total',
    help: 'Requests answered with 503 because the event loop was late.',
    registers,
  });
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
