import { type Measures, measured, needsMeasures, serviceSecondsOf } from '../measure/measures.ts';
import type {
  BasePolicy,
  ConstantPolicy,
  DrainPolicy,
  FlowPolicy,
  Policy,
  ProportionalPolicy,
  ServiceTimed,
} from '../policy.ts';
import { recommendFlow } from './recommend-flow.ts';
import { recommendLatch } from './recommend-latch.ts';
import { begunWithin, roundUp } from './round-up.ts';
import { floorAt, highestFloor } from './schedule-floor.ts';
import { count, inSeconds, type Measured, type Step } from './situation.ts';
import { whileMeasuring } from './while-measuring.ts';

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
  if (policy.kind === 'drain' || policy.kind === 'flow') return recommendTimed(policy, situation);
  return recommendConstant(policy);
}

function recommendTimed(policy: DrainPolicy | FlowPolicy, situation: Measured): Step {
  const measures = measuresOf(policy, situation);
  const wanted =
    policy.kind === 'flow'
      ? recommendFlow(policy, situation, measures)
      : recommendDrain(policy, situation, measures);
  return needsMeasures(policy) ? whileMeasuring(wanted, situation, measures) : wanted;
}

/** What is measured of the work, this reading included; undefined for a policy that needs none. */
export function measuresOf(policy: Policy, { reading, history }: Measured): Measures | undefined {
  const base = policy.kind === 'schedule' ? policy.policy : policy;
  return needsMeasures(base) ? measured(base as ServiceTimed, history.measures, reading) : undefined;
}

/** 120 messages / 10 per replica = 12. */
function recommendProportional({ perReplica }: ProportionalPolicy, { reading }: Measured): Step {
  const work = reading.ready + reading.unacked;
  const replicas = roundUp(work / perReplica);
  return within(replicas, `${count(work, 'message')} / ${perReplica} per replica`);
}

/** 2400 jobs x 2 s / (300 s - 10 s) = 16.6, so 17. To begin within it, a replica has one job more. */
function recommendDrain(policy: DrainPolicy, { reading }: Measured, measures: Measures | undefined): Step {
  const { sloSeconds, podStartSeconds, sloOf } = policy;
  const work = reading.ready + reading.unacked;
  const service = serviceSecondsOf(policy, measures);
  const left = sloSeconds - podStartSeconds;
  if (sloOf === 'wait') {
    const each = begunWithin(left, service);
    const sum = `${count(work, 'message')} / ${each} that a replica begins in ${inSeconds(Math.max(0, left))}`;
    return within(roundUp(work / each), sum);
  }
  const sum = `${count(work, 'message')} x ${inSeconds(service)} / (${inSeconds(sloSeconds)} - ${inSeconds(podStartSeconds)})`;
  return within(roundUp((work * service) / left), sum);
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
