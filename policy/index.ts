export {
  assessFidelity,
  type BackendSupport,
  type Clause,
  type ClauseFidelity,
  clausesOf,
  type Fidelity,
  refusals,
} from './backends/fidelity.ts';
export * from './backends/hpa/compile.ts';
export type { HpaBehavior, HpaScalingRules } from './backends/hpa/support.ts';
export * from './backends/keda/compile.ts';
export { ScalerConfigError } from './backends/scaler/check.ts';
export {
  type CompiledScalerConfig,
  compileScalerConfig,
  parseScalerConfig,
} from './backends/scaler/compile.ts';
export * from './backends/scaler/file.ts';
export {
  type ConstantProps,
  constant,
  type DrainProps,
  drain,
  type FlowProps,
  flow,
  type LatchProps,
  latch,
  type ProportionalProps,
  parsePolicy,
  proportional,
  type ScheduleProps,
  schedule,
} from './construct/policies.ts';
export { baseOf, decide } from './decide/decide.ts';
export type { DecisionInput } from './decide/decision-input.ts';
export { highestFloor } from './decide/recommend.ts';
export { type OldestWait, oldestWait } from './decide/recommend-latch.ts';
export { remember } from './decide/remember.ts';
export * from './decision.ts';
export { FaultsError, PolicyError } from './faults.ts';
export { type Measures, measured, needsMeasures, serviceSecondsOf } from './measure/measures.ts';
export * from './policy.ts';
export { defaultWaitSeconds, residueSecondsOf } from './policy.ts';
export * from './simulate/arrivals.ts';
export { MAX_SECONDS as MAX_SIMULATION_SECONDS, SimulationError } from './simulate/check-simulation.ts';
export type { Backend, KubernetesTiming } from './simulate/kubernetes.ts';
export { isCounted } from './simulate/kubernetes.ts';
export { simulate } from './simulate/simulate.ts';
export * from './simulate/simulate-service.ts';
export { simulateService } from './simulate/simulate-service.ts';
export type { ServiceTime, Timing } from './simulate/simulation.ts';
export * from './simulate/simulation.ts';
export { parseTrace, TraceError } from './simulate/trace.ts';
export * from './what-if/fields.ts';
export * from './what-if/what-if.ts';
