import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { burnRateScenarios } from './burn-rates.ts';
import { clusterScenarios } from './cluster.ts';
import { logScenarios } from './logs.ts';
import { platformScenarios } from './platform.ts';
import { queueScenarios } from './queue.ts';
import { scheduledJobs } from './scheduled-jobs.ts';
import { webScenarios } from './web.ts';

/** Name of an alert -> what must happen for it to fire, made for one rule of that name. */
export const scenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  ...queueScenarios,
  ...platformScenarios,
  ...scheduledJobs,
  ...webScenarios,
  ...clusterScenarios,
  ...logScenarios,
  ...burnRateScenarios,
};
