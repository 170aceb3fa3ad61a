import type { Timing } from '@sluice/policy';
import { jobsIn, type Recorded } from './arrivals.ts';

/** What is asked of the waits, the bill and the cluster. Undefined: nothing. */
export interface Objective {
  readonly p99WaitSeconds: number | undefined;
  readonly maxReplicas: number;
  readonly maxChangesPerHour: number | undefined;
}

/** What the candidates are made from. */
export interface Frame {
  readonly timing: Timing;
  readonly maxReplicas: number;
  readonly meanPerSecond: number;
  /** Arrivals a second in the busiest hour. */
  readonly busiestPerSecond: number;
  /** Targets worth a try, seconds, ascending. */
  readonly waits: readonly number[];
}

const HOUR_SECONDS = 3600;

/** The policies that are worth trying for recorded arrivals. */
export function frameOf(recorded: Recorded, timing: Timing, objective: Objective): Frame {
  const wanted = objective.p99WaitSeconds ?? 60;
  const waits = [wanted / 4, wanted / 2, wanted, 2 * wanted].map((wait) => Math.max(1, Math.round(wait)));
  return {
    ...{ timing, maxReplicas: objective.maxReplicas, waits: [...new Set(waits)] },
    meanPerSecond: jobsIn(recorded) / Math.max(1, recorded.counts.length),
    busiestPerSecond: busiest(recorded),
  };
}

function busiest({ counts }: Recorded): number {
  let most = 0;
  for (let from = 0; from < counts.length; from += HOUR_SECONDS) {
    const hour = counts.subarray(from, from + HOUR_SECONDS);
    most = Math.max(most, hour.reduce((sum, count) => sum + count, 0) / Math.max(1, hour.length));
  }
  return most;
}

/** A text beside a mark, in units of the picture. */
export interface Label {
  readonly text: string;
  /** Where the mark is. */
  readonly x: number;
  readonly y: number;
  readonly isBold: boolean;
}

/** Where a label goes: the start of its baseline. */
export interface Placed extends Label {
  readonly at: { readonly x: number; readonly y: number };
  /** Whether it is so far from its mark that a line must lead to it. */
  readonly isFar: boolean;
}

/** A rectangle: the area that labels must stay in, or what they must not cover. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Units of the picture from here on. The width of a character of the 12 px sans-serif that the picture asks for: wide
 * enough for the widest common one.
 */
const CHARACTER = 6.8;
const BOLD_CHARACTER = 7.4;
const ASCENT = 10;
const DESCENT = 3;
/** The distance from the middle of a text to its baseline. */
const BASELINE = 4;
/** The radius of a mark with its ring. */
const RADIUS = 10;
const GAP = 2;
/** Steps that a label may be above or below its mark, and how high one is. */
const STEPS = 36;
const STEP = 5;
/** From this distance on, a line leads from a label to its mark. */
const NEAR = 24;

const widthOf = ({ text, isBold }: Label): number => text.length * (isBold ? BOLD_CHARACTER : CHARACTER);

const boxAt = (label: Label, x: number, y: number): Box => ({
  left: x,
  right: x + widthOf(label),
  top: y - ASCENT,
  bottom: y + DESCENT,
});

const overlap = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Right of the mark, left of it, above, below; then the same ever farther away. */
function spotsOf(label: Label): Spot[] {
  const beside = sidesOf(label).map((x) => ({ x, y: label.y + BASELINE }));
  const rows = Array.from({ length: STEPS }, (_, index) => (index + 1) * STEP);
  return [...beside, ...rows.flatMap((away) => [...rowAt(label, -away), ...rowAt(label, away)])];
}

const sidesOf = (label: Label): readonly [number, number] => [
  label.x + RADIUS + GAP,
  label.x - RADIUS - GAP - widthOf(label),
];

/** Right, left and straight above or below, where the mark itself is in the way. */
const rowAt = (label: Label, away: number): Spot[] => [
  ...sidesOf(label).map((x) => ({ x, y: label.y + BASELINE + away })),
  { x: label.x - widthOf(label) / 2, y: label.y + BASELINE + away + Math.sign(away) * RADIUS },
];

/**
 * A place for each label, in their order, where it covers no mark and no other label; undefined where the area has no
 * such place left. The first labels get the nearest places.
 * @param obstacles What else labels must not cover. @default nothing
 */
export function placeLabels(
  labels: readonly Label[],
  area: Box,
  obstacles: readonly Box[] = [],
): (Placed | undefined)[] {
  const marks = labels.map(({ x, y }) => ({
    left: x - RADIUS,
    right: x + RADIUS,
    top: y - RADIUS,
    bottom: y + RADIUS,
  }));
  const taken: Box[] = [...marks, ...obstacles];
  const isFree = (box: Box): boolean =>
    box.left >= area.left &&
    box.right <= area.right &&
    box.top >= area.top &&
    box.bottom <= area.bottom &&
    !taken.some((one) => overlap(one, box));
  return labels.map((label) => {
    const at = spotsOf(label).find(({ x, y }) => isFree(boxAt(label, x, y)));
    if (at === undefined) return undefined;
    taken.push(boxAt(label, at.x, at.y));
    return { ...label, at, isFar: Math.abs(at.y - BASELINE - label.y) > NEAR };
  });
}

/** The rectangle that a placed label covers. */
export const boxOf = (label: Placed): Box => boxAt(label, label.at.x, label.at.y);
