import { type Measures, WARM_UP_SECONDS } from '../measure/measures.ts';
import { count, inSeconds, type Measured, type Step } from './situation.ts';

/** Nothing is taken away before what the policy lives off is measured: a lost history is never less cautious. */
export function whileMeasuring(
  wanted: Step,
  { reading, current }: Measured,
  measures: Measures | undefined,
): Step {
  if (wanted.replicas >= current) return wanted;
  if (measures !== undefined && reading.at - measures.since >= 1000 * WARM_UP_SECONDS) return wanted;
  const why = `${count(wanted.replicas, 'replica')} wanted by what is measured, which counts after ${inSeconds(WARM_UP_SECONDS)}`;
  return { replicas: current, reason: 'MeasurementPending', message: `${why}: staying at ${current}.` };
}
