import { counterRate } from '../charts/external-metric.ts';
import { api } from './project.ts';

/** Between two scrapes of the web service. */
export const SCRAPE_SECONDS = 15;

/** How many replicas the web service has: one for every 10 requests a second. */
export const requests = {
  minReplicas: 1,
  maxReplicas: 15,
  rate: counterRate({
    series: 'http_requests_total',
    service: api.name,
    perReplica: 10,
    windowSeconds: 60,
    scrapeSeconds: SCRAPE_SECONDS,
  }),
  /** What the rate cannot know: requests that cost more than others. */
  cpuPercent: 80,
  behavior: {
    // At once to any count: as many pods in one step as there can ever be.
    scaleUp: {
      stabilizationWindowSeconds: 0,
      policies: [{ type: 'Pods', value: 15, periodSeconds: 15 }],
      selectPolicy: 'Max',
    },
    scaleDown: {
      stabilizationWindowSeconds: 60,
      policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
      selectPolicy: 'Max',
    },
  },
} as const;
