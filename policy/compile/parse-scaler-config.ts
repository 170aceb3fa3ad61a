import { configFaults, ScalerConfigError } from './check-scaler-config.ts';
import { fidelityOf } from './compile-scaler-config.ts';
import { refusals } from './fidelity.ts';
import type { ScalerConfig } from './scaler-config.ts';

/**
 * Reads the scaler's file back from JSON; unknown keys are faults. A clause that its source cannot keep
 * is a fault too, in the sentence the compiler gives.
 *
 * @throws {ScalerConfigError} with every fault at once
 */
export function parseScalerConfig(data: unknown): ScalerConfig {
  assertScalerConfig(data);
  const refused = refusals(data.workloads.flatMap(fidelityOf));
  if (refused.length > 0) throw new ScalerConfigError(refused);
  return data;
}

function assertScalerConfig(data: unknown): asserts data is ScalerConfig {
  const faults = configFaults(data);
  if (faults.length > 0) throw new ScalerConfigError(faults);
}
