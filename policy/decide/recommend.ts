import { MAX_INT32 } from '../bounds.ts';
import type { BasePolicy, ConstantPolicy, DrainPolicy, Policy, ProportionalPolicy } from '../policy.ts';
import { recommendLatch } from './recommend-latch.ts';
import { floorAt, highestFloor } from './schedule-floor.ts';
import { count, inSeconds, type Measured, type Step } from './situation.ts';

/** First stage: what the policy wants for this backlog, before any window, rate or bound. */
export function recommend(policy: Policy, situation: Measured): Step {
  if (policy.kind !== 'schedule') return recommendBase(policy, situation, restingOf(policy));
  const wanted = recommendBase(policy.policy, situation, restingOf(policy));
  const { floor, window } = floorAt(policy, situation.now);
  if (window === undefined || wanted.replicas >= floor) return wanted;
  const message = `The window from '${window.start}' to '${window.end}' (${policy.timeZone}) keeps at least ${count(floor, 'replica')}, ${wanted.replicas} wanted.`;
  return { replicas: floor, reason: 'ScheduleFloor', message };
}

/** The highest count that stands without any backlog. */
export const restingOf = (policy: Policy): number =>
  policy.kind === 'schedule' ? highestFloor(policy) : policy.minReplicas;

export function recommendBase(policy: BasePolicy, situation: Measured, resting: number): Step {
  if (policy.kind === 'latch') return recommendLatch(policy, situation, resting);
  if (policy.kind === 'proportional') return recommendProportional(policy, situation);
  if (policy.kind === 'drain') return recommendDrain(policy, situation);
  return recommendConstant(policy);
}

/** 120 messages / 10 per replica = 12. */
function recommendProportional({ perReplica }: ProportionalPolicy, { reading }: Measured): Step {
  const work = reading.ready + reading.unacked;
  const replicas = roundUp(work / perReplica);
  return within(replicas, `${count(work, 'message')} / ${perReplica} per replica`);
}

/** 2400 jobs x 2 s / (300 s - 10 s) = 16.6, so 17. */
function recommendDrain(policy: DrainPolicy, { reading }: Measured): Step {
  const { sloSeconds, meanServiceSeconds, podStartSeconds } = policy;
  const work = reading.ready + reading.unacked;
  const replicas = roundUp((work * meanServiceSeconds) / (sloSeconds - podStartSeconds));
  return within(
    replicas,
    `${count(work, 'message')} x ${inSeconds(meanServiceSeconds)} / (${inSeconds(sloSeconds)} - ${inSeconds(podStartSeconds)})`,
  );
}

function recommendConstant({ minReplicas: replicas }: ConstantPolicy): Step {
  const message = `${count(replicas, 'replica')}, at any load.`;
  return { replicas, reason: 'DesiredWithinRange', message };
}

const within = (replicas: number, sum: string): Step => ({
  replicas,
  reason: 'DesiredWithinRange',
  message: `${sum}: ${count(replicas, 'replica')}.`,
});

/** Binary fractions must not cost a replica: 3 x 0.1 / 0.3 is 1.0000000000000002 and means 1. */
const roundUp = (exact: number): number =>
  exact < MAX_INT32 ? Math.max(0, Math.ceil(exact - exact * 1e-12)) : MAX_INT32;
