import { scaler } from '../packages/contracts/metrics/catalogue.ts';
import { series } from '../packages/contracts/metrics/metric.ts';

/** What the scaler that leads says: a follower repeats what it knew when it led. */
export const fromLeader = (selected: string): string =>
  `${selected} and on (pod) (${series(scaler.leader)} == 1)`;
