import { constant, schedule } from '@sluice/policy';
import { counterRate } from '../charts/external-metric.ts';
import { api as apiMetrics } from '../packages/contracts/metrics/catalogue.ts';
import { api } from './platform/identities.ts';

/** Between two scrapes of the web service. */
export const SCRAPE_SECONDS = 15;

const MAX_REPLICAS = 15;

/** Working days on which nobody works. */
const holidays = [2026, 2027, 2028, 2029].flatMap((year) => [
  ...[`${year}-12-25`, `${year}-12-26`],
  `${year + 1}-01-01`,
]);

/** What is counted, and how many of it one replica is meant to have a second. */
const counted = {
  series: apiMetrics.requests.name,
  service: api.name,
  perReplica: 10,
  windowSeconds: 60,
  scrapeSeconds: SCRAPE_SECONDS,
};

/** How many replicas the web service has: one for every 10 requests a second. */
export const requests = {
  // Before the office opens there are no requests to follow, and a minute later there are all of them.
  minReplicas: schedule({
    policy: constant({ replicas: 1, maxReplicas: MAX_REPLICAS }),
    timeZone: 'Europe/Berlin',
    windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 }],
    holidays,
  }),
  maxReplicas: MAX_REPLICAS,
  counted,
  rate: counterRate(counted),
  /** What its callers are promised; its own requests of a release are judged more strictly. */
  objectives: { availability: 0.999, latency: { objective: 0.99, seconds: 0.25 } },
  /** What the rate cannot know: requests that cost more than others. */
  cpuPercent: 80,
  behavior: {
    // At once to any count: as many pods in one step as there can ever be.
    scaleUp: {
      stabilizationWindowSeconds: 0,
      policies: [{ type: 'Pods', value: MAX_REPLICAS, periodSeconds: 15 }],
      selectPolicy: 'Max',
    },
    scaleDown: {
      stabilizationWindowSeconds: 60,
      policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
      selectPolicy: 'Max',
    },
  },
} as const;
