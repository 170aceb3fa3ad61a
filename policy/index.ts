export {
  type Clause,
  type ClauseFidelity,
  clausesOf,
  type Dialect,
  judge,
  refusals,
  type Verdict,
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
export * from './backlog.ts';
export { type ConstantProps, constant } from './construct/constant.ts';
export { type DrainProps, drain } from './construct/drain.ts';
export { type FlowProps, flow } from './construct/flow.ts';
export { type LatchProps, latch } from './construct/latch.ts';
export { parsePolicy } from './construct/parse-policy.ts';
export { type ProportionalProps, proportional } from './construct/proportional.ts';
export { type ScheduleProps, schedule } from './construct/schedule.ts';
export { baseOf, decide } from './decide/decide.ts';
export { type OldestWait, oldestWait } from './decide/oldest-wait.ts';
export { remember } from './decide/remember.ts';
export { highestFloor } from './decide/schedule-floor.ts';
export type { Situation } from './decide/situation.ts';
export * from './decision.ts';
export { FaultsError, PolicyError } from './faults.ts';
export { type Measures, measured, needsMeasures, serviceSecondsOf } from './measure/measures.ts';
export * from './policy.ts';
export * from './simulate/arrivals.ts';
export { MAX_SECONDS as MAX_SIMULATION_SECONDS, SimulationError } from './simulate/check-simulation.ts';
export type { Backend, KubernetesTiming } from './simulate/kubernetes.ts';
export { isCounted } from './simulate/kubernetes.ts';
export * from './simulate/service.ts';
export { simulate } from './simulate/simulate.ts';
export { simulateService } from './simulate/simulate-service.ts';
export * from './simulate/simulation.ts';
export type { ServiceTime, Timing } from './simulate/timing.ts';
export { parseTrace, TraceError } from './simulate/trace.ts';
export { defaultWaitSeconds, residueSecondsOf } from './wait-objective.ts';
