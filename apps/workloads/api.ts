import { constant, type SchedulePolicy, schedule } from '@sluice/policy';
import type { Canary } from '../../charts/release.ts';
import { images } from '../../environments/images.ts';
import { api as metrics } from '../../packages/contracts/metrics/catalogue.ts';
import { releaseAlerts } from './release-alerts.ts';
import { type ServiceScaling, webService } from './web-service.ts';

/** The one public path; /metrics and the probes' pages stay inside. */
const PATH = '/api';

const MAX_REPLICAS = 15;

/** Public holidays on working days. */
const holidays = [2026, 2027, 2028, 2029].flatMap((year) => [
  ...[`${year}-12-25`, `${year}-12-26`],
  `${year + 1}-01-01`,
]);

// Before the office opens there are no requests to follow, and a minute later there are all of them.
const minReplicas: SchedulePolicy = schedule({
  policy: constant({ replicas: 1, maxReplicas: MAX_REPLICAS }),
  timeZone: 'Europe/Berlin',
  windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 }],
  holidays,
});

/** How many pods it has: one for every 10 requests a second. */
const scaling: ServiceScaling = {
  minReplicas,
  maxReplicas: MAX_REPLICAS,
  requests: { series: metrics.requests.name, perReplica: 10, windowSeconds: 60 },
  // What the rate cannot know: requests that cost more than others.
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
};

/** What a new version must show on a fifth of the requests, and then on half of them. */
const release: Omit<Canary, 'router'> = {
  weights: [20, 50],
  bounds: { successRatio: 0.99, p99Seconds: 0.25, minRequestsPerSecond: 0.5, windowSeconds: 60 },
};

/** The web service; how many pods, its requests say, and whether a new version stays. */
export const api = webService('api', ({ aws, web }) => ({
  image: images.api,
  readyPath: PATH,
  readyEverySeconds: 10,
  priority: 'high',
  scaling,
  release,
  // Its own requests of a release are judged more strictly.
  objectives: { availability: 0.999, latency: { objective: 0.99, seconds: 0.25 } },
  page: { host: web.hosts.api, path: PATH },
  ...(aws && { placement: { minNodeCpus: 3 } }),
  ...(web.canary && { alerts: releaseAlerts('api') }),
}));
