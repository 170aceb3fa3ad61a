import { isRecord } from '../faults.ts';
import { configFaults, ScalerConfigError, workloadFaults } from './check-scaler-config.ts';
import { fidelityOf } from './compile-scaler-config.ts';
import { refusals } from './fidelity.ts';
import type { ScalerConfig, Workload } from './scaler-config.ts';

/**
 * Reads the scaler's file back from JSON; unknown keys are faults. A clause that its source cannot keep
 * is a fault too, in the sentence the compiler gives.
 *
 * @throws {ScalerConfigError} with every fault at once
 */
export function parseScalerConfig(data: unknown): ScalerConfig {
  assertScalerConfig(data);
  return data;
}

function assertScalerConfig(data: unknown): asserts data is ScalerConfig {
  const faults = [...configFaults(data), ...refusals(soundWorkloads(data).flatMap(fidelityOf))];
  if (faults.length > 0) throw new ScalerConfigError(faults);
}

/** The workloads that can be judged clause by clause, even when others have faults. */
const soundWorkloads = (data: unknown): readonly Workload[] =>
  isRecord(data) && Array.isArray(data.workloads) ? data.workloads.filter(isSound) : [];

const isSound = (workload: unknown): workload is Workload => workloadFaults(workload).length === 0;
