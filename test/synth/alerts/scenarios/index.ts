import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { burnRateScenarios } from './burn-rates.ts';
import { clusterScenarios } from './cluster.ts';
import { logScenarios } from './logs.ts';
import { platformScenarios } from './platform.ts';
import { queueScenarios } from './queue.ts';
import { scaledScenarios } from './scaled.ts';
import { scheduledJobs } from './scheduled-jobs.ts';
import { webScenarios } from './web.ts';

type Scenarios = Readonly<Record<string, (rule: AlertRule) => Scenario>>;

const own: Scenarios = {
  ...queueScenarios,
  ...platformScenarios,
  ...scheduledJobs,
  ...webScenarios,
  ...clusterScenarios,
  ...logScenarios,
  ...burnRateScenarios,
};

/** Name of an alert -> what must happen for it to fire, made for one rule of that name. */
export const scenarios: Scenarios = {
  ...own,
  ...Object.fromEntries(
    Object.entries(scaledScenarios).map(([name, scaled]) => [
      name,
      (rule: AlertRule) => (readsScaler(rule) ? (own[name] ?? scaled) : scaled)(rule),
    ]),
  ),
};

/** What Sluice's scaler does not scale has an alert of the same name by series of others. */
const readsScaler = ({ expr }: AlertRule): boolean => expr.includes('sluice_scaler_');
