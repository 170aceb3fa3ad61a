import { stringify } from 'yaml';
import type { AlertRule } from './rules.ts';

/** Samples: a constant, none, what a counter gains a minute, or what a minute since the start gives. */
export type Samples =
  | number
  | null
  | { readonly perMinute: number }
  | ((minute: number, index: number) => number | null);

/** What a series is, stage by stage. */
export interface Course {
  readonly well: Samples;
  /** Nearly wrong: the alert must not fire. @default what it is while all is well */
  readonly tolerated?: Samples;
  readonly wrong: Samples;
}

/** An alert as it must arrive. */
export interface Firing {
  /** Beside those that the rule itself sets. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** With its values filled in. */
  readonly summary: string;
  /** With its values filled in. @default the rule's own, which has none to fill in */
  readonly description?: string;
}

/** What happens, and what one alert says of it: nothing, nothing, something, nothing. */
export interface Scenario {
  /** A series as Prometheus writes it -> what it is. */
  readonly series: Readonly<Record<string, Course>>;
  readonly fires: readonly Firing[];
  /** Minutes until it fires. @default those of its `for`, and one */
  readonly within?: number;
  /** Minutes until it is resolved; a series that ends is remembered for 5. @default 6 */
  readonly resolves?: number;
  /** Minutes of what is well, and of what is tolerated. @default 20 */
  readonly calm?: number;
  /** It fires all the time, also while all is well. @default false */
  readonly always?: boolean;
  /** Minutes between two samples, and two evaluations; the others are multiples of it. @default 1 */
  readonly step?: number;
}

const STAGES = ['well', 'tolerated', 'wrong', 'resolved'] as const;

/**
 * The unit test of an alert, as promtool reads it.
 * @param ruleFile The file of its rules
 * @see https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 */
export function testFile(rule: AlertRule, scenario: Scenario, ruleFile: string): string {
  const { calm = 20, within = Math.ceil(rule.forMinutes) + 1, resolves = 6, step = 1 } = scenario;
  const lengths = { well: calm, tolerated: calm, wrong: within, resolved: resolves };
  // The minute of the last sample of each stage.
  const ends = STAGES.map((_, index) =>
    STAGES.slice(0, index + 1).reduce((sum, stage) => sum + lengths[stage], -step),
  );
  const input_series = Object.entries(scenario.series).map(([series, course]) => ({
    series,
    values: valuesOf(course, lengths, step),
  }));
  const alert_rule_test = STAGES.map((stage, index) => ({
    eval_time: `${ends[index]}m`,
    alertname: rule.name,
    exp_alerts:
      stage === 'wrong' || scenario.always ? scenario.fires.map((firing) => expected(rule, firing)) : [],
  }));
  return stringify({
    rule_files: [ruleFile],
    evaluation_interval: `${step}m`,
    tests: [{ interval: `${step}m`, input_series, alert_rule_test }],
  });
}

function expected({ labels, annotations }: AlertRule, firing: Firing) {
  const { summary, description = annotations.description } = firing;
  return {
    exp_labels: { ...firing.labels, ...labels },
    exp_annotations: { ...annotations, summary, description },
  };
}

function valuesOf(course: Course, lengths: Record<(typeof STAGES)[number], number>, step: number): string {
  const values: (number | null)[] = [];
  for (const stage of STAGES) {
    const samples = samplesIn(stage, course);
    for (let minute = 0; minute < lengths[stage]; minute += step) values.push(next(samples, values, step));
  }
  return values.map((value) => value ?? '_').join(' ');
}

function samplesIn(stage: (typeof STAGES)[number], { well, tolerated = well, wrong }: Course): Samples {
  if (stage === 'tolerated') return tolerated;
  return stage === 'wrong' ? wrong : well;
}

function next(samples: Samples, before: readonly (number | null)[], step: number): number | null {
  if (typeof samples === 'function') return samples(before.length * step, before.length);
  if (samples === null || typeof samples === 'number') return samples;
  return (before.findLast((value) => value !== null) ?? 0) + samples.perMinute * step;
}
