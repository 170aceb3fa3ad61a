import { type Measures, serviceSecondsOf } from '../measure/measures.ts';
import type { FlowPolicy } from '../policy.ts';
import { begunWithin, roundUp } from './round-up.ts';
import { count, inSeconds, type Measured, type Step } from './situation.ts';

/**
 * Replicas for what arrives, and for what lies there above that. It rises with the backlog and with the rate:
 * a message above the flow never asks for more than a replica. No replica is removed that the work in flight needs.
 */
export function recommendFlow(
  policy: FlowPolicy,
  { reading, current }: Measured,
  measures: Measures | undefined,
): Step {
  const wanted = wantedBy(policy, reading, measures);
  const inHand = Math.min(current, reading.unacked);
  if (wanted.replicas >= inHand) return wanted;
  const why = `${count(wanted.replicas, 'replica')} wanted, but ${count(reading.unacked, 'message')} are in work`;
  return { replicas: inHand, reason: 'WorkInHand', message: `${why}: ${count(inHand, 'replica')}.` };
}

/** 0.4 jobs/s x 5 s / 0.8 = 2.5; 12.5 messages above, of which a replica begins 11 in 60 s - 10 s; 3.6, so 4. */
function wantedBy(policy: FlowPolicy, { ready, unacked }: Measured['reading'], measures?: Measures): Step {
  const { targetUtilization, targetWaitSeconds, podStartSeconds } = policy;
  const service = serviceSecondsOf(policy, measures);
  const rate = measures?.arrivalsPerSecond ?? 0;
  const flowing = (rate * service) / targetUtilization;
  const above = Math.max(0, ready + unacked - flowing);
  const each = begunWithin(targetWaitSeconds - podStartSeconds, service);
  // Without work a replica is kept only for a flow that would keep it busy for the most part.
  const replicas = ready + unacked === 0 ? Math.round(flowing) : roundUp(flowing + above / each);
  const message = `${shown(rate)} jobs/s x ${inSeconds(service)} / ${targetUtilization} + ${shown(above)} above that / ${each} a replica: ${count(replicas, 'replica')}.`;
  return { replicas, reason: 'DesiredWithinRange', message };
}

const shown = (value: number): number =>
  value < 1 ? Number(value.toPrecision(2)) : Math.round(value * 10) / 10;
