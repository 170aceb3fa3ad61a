export * from './backlog.ts';
export { ScalerConfigError } from './compile/check-scaler-config.ts';
export { type CompiledScalerConfig, compileScalerConfig } from './compile/compile-scaler-config.ts';
export * from './compile/fidelity.ts';
export {
  type AutoscalerParts,
  compileHpa,
  externalMetric,
  externalRule,
  horizontalPodAutoscaler,
} from './compile/hpa.ts';
export type { HpaBehavior, HpaScalingRules } from './compile/hpa-behavior.ts';
export * from './compile/hpa-types.ts';
export { compileKeda } from './compile/keda.ts';
export * from './compile/keda-types.ts';
export { parseScalerConfig } from './compile/parse-scaler-config.ts';
export * from './compile/scaler-config.ts';
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
export * from './simulate/service.ts';
export { simulate } from './simulate/simulate.ts';
export { simulateService } from './simulate/simulate-service.ts';
export * from './simulate/simulation.ts';
export type { ServiceTime, Timing } from './simulate/timing.ts';
export { parseTrace, TraceError } from './simulate/trace.ts';
