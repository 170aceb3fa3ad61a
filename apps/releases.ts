import type { Canary } from '../charts/canary.ts';

/** What a new version of the web service must show on a fifth of the requests, and then on half of them. */
export const release = {
  weights: [20, 50],
  bounds: { successRatio: 0.99, p99Seconds: 0.25, minRequestsPerSecond: 0.5, windowSeconds: 60 },
} as const satisfies Omit<Canary, 'router'>;
