import type { Sample } from '../decision.ts';
import type { Behavior } from '../policy.ts';
import { count, type DecisionInput, type Step } from './decision-input.ts';

/**
 * Second stage, as the HPA's: the count rises only to the lowest recommendation of the scale-up window
 * and falls only to the highest of the scale-down window.
 */
export function stabilize(step: Step, { scaleUp, scaleDown }: Behavior, situation: DecisionInput): Step {
  const { current, now } = situation;
  const past = samples(situation);
  const ceiling = Math.min(step.replicas, ...recent(past, now, scaleUp.stabilizationWindowSeconds));
  const floor = Math.max(step.replicas, ...recent(past, now, scaleDown.stabilizationWindowSeconds));
  const replicas = Math.min(Math.max(current, ceiling), floor);
  if (replicas === step.replicas) return step;
  return step.replicas > replicas
    ? { replicas, reason: 'ScaleUpStabilized', message: say('lowest', 'up', replicas, step) }
    : { replicas, reason: 'ScaleDownStabilized', message: say('highest', 'down', replicas, step) };
}

/**
 * The remembered recommendations. Without any, the count of now stands for those that were lost, so a
 * restart waits a whole window before it scales down, never less.
 */
export const samples = ({ history, current, now }: DecisionInput): readonly Sample[] =>
  history.recommendations.length > 0 ? history.recommendations : [{ at: now, replicas: current }];

const recent = (past: readonly Sample[], now: number, windowSeconds: number): number[] =>
  past.filter(({ at }) => at > now - windowSeconds * 1000).map(({ replicas }) => replicas);

const say = (which: string, direction: string, replicas: number, step: Step): string =>
  `${count(step.replicas, 'replica')} wanted; the ${which} of the scale-${direction} window allows ${replicas}.`;
