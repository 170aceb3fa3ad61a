import { begunWithin, roundUp } from '../bounds.ts';
import { type CronEvent, cronEvent, isBefore, lastOccurrence, quietUntil } from '../clock/cron-event.ts';
import {
  type Measures,
  measured,
  needsMeasures,
  serviceSecondsOf,
  WARM_UP_SECONDS,
} from '../measure/measures.ts';
import type {
  BasePolicy,
  ConstantPolicy,
  DrainPolicy,
  FlowPolicy,
  Policy,
  ProportionalPolicy,
  SchedulePolicy,
  ScheduleWindow,
  ServiceTimed,
} from '../policy.ts';
import { count, inSeconds, type Measured, type Step } from './decision-input.ts';
import { recommendLatch } from './recommend-latch.ts';

/** The minimum of replicas at an instant. */
export interface Floor {
  /** 0 outside every window. */
  readonly floor: number;
  /** The open window that asks for the most. */
  readonly window?: ScheduleWindow;
}

/** The floor at an instant. It cannot change between two occurrences, so it is computed once for each such span. */
export function floorAt(policy: SchedulePolicy, now: number): Floor {
  const known = spans.get(policy);
  if (known !== undefined && known.from <= now && now < known.until) return known;
  const span = { ...computeFloor(policy, now), from: now, until: quietSpanEnd(policy, now) };
  spans.set(policy, span);
  return span;
}

/** The highest minimum that any window of a schedule sets. */
export const highestFloor = ({ policy, windows }: SchedulePolicy): number =>
  windows.reduce((highest, { minReplicas }) => Math.max(highest, minReplicas), policy.minReplicas);

const spans = new WeakMap<SchedulePolicy, Floor & { readonly from: number; readonly until: number }>();

/** A window on the clock of its zone. */
export interface TimedWindow {
  readonly window: ScheduleWindow;
  readonly start: CronEvent;
  readonly end: CronEvent;
}

const timed = new WeakMap<SchedulePolicy, readonly TimedWindow[]>();

function windowsOf(policy: SchedulePolicy): readonly TimedWindow[] {
  const known = timed.get(policy);
  if (known !== undefined) return known;
  const made = policy.windows.map((window) => timedWindow(policy, window));
  timed.set(policy, made);
  return made;
}

/** A window with the time zone and the holidays of its schedule. */
export const timedWindow = ({ timeZone, holidays }: SchedulePolicy, window: ScheduleWindow): TimedWindow => ({
  window,
  start: cronEvent(window.start, timeZone, holidays),
  end: cronEvent(window.end, timeZone, []),
});

function computeFloor(policy: SchedulePolicy, now: number): Floor {
  const open = windowsOf(policy).filter((window) => isOpen(window, now));
  const [window] = open.map((one) => one.window).sort((a, b) => b.minReplicas - a.minReplicas);
  return window === undefined ? { floor: 0 } : { floor: window.minReplicas, window };
}

/** Open from a start that counts (not on a holiday) until the first end after it; in one minute the end is first. */
export function isOpen({ start, end }: TimedWindow, now: number): boolean {
  const started = lastOccurrence(start, now);
  const ended = lastOccurrence(end, now);
  return started !== undefined && (ended === undefined || !isBefore(started, ended));
}

const quietSpanEnd = (policy: SchedulePolicy, now: number): number =>
  Math.min(...windowsOf(policy).flatMap(({ start, end }) => [quietUntil(start, now), quietUntil(end, now)]));

/** Nothing is taken away before what the policy lives off is measured: a lost history is never less cautious. */
function whileMeasuring(wanted: Step, { reading, current }: Measured, measures: Measures | undefined): Step {
  if (wanted.replicas >= current) return wanted;
  if (measures !== undefined && reading.at - measures.since >= 1000 * WARM_UP_SECONDS) return wanted;
  const why = `${count(wanted.replicas, 'replica')} wanted by what is measured, which counts after ${inSeconds(WARM_UP_SECONDS)}`;
  return { replicas: current, reason: 'MeasurementPending', message: `${why}: staying at ${current}.` };
}

/**
 * Replicas for what arrives, and for what lies there above that. It rises with the backlog and with the rate:
 * a message above the flow never asks for more than a replica. No replica is removed that the work in flight needs.
 */
function recommendFlow(
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

/** The replicas that a policy without a schedule asks for, before any limit. */
export function recommendBase(policy: BasePolicy, situation: Measured, idleReplicas: number): Step {
  if (policy.kind === 'latch') return recommendLatch(policy, situation, idleReplicas);
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
