import { count, type Step } from './situation.ts';

/** Last stage: the bounds hold, whatever came before. */
export function clamp(step: Step, minReplicas: number, maxReplicas: number): Step {
  const wanted = `${count(step.replicas, 'replica')} wanted`;
  if (step.replicas > maxReplicas) {
    const message = `${wanted}, more than the maximum of ${maxReplicas}.`;
    return { replicas: maxReplicas, reason: 'TooManyReplicas', message };
  }
  if (step.replicas < minReplicas) {
    const message = `${wanted}, fewer than the minimum of ${minReplicas}.`;
    return { replicas: minReplicas, reason: 'TooFewReplicas', message };
  }
  return step;
}
