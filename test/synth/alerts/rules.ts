import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { rendered } from '../dist.ts';

type Group = NonNullable<NonNullable<IPrometheusRule['spec']>['groups']>[number];
type Rule = NonNullable<Group['rules']>[number];

/** The rules of one PrometheusRule, as Prometheus reads them. */
export interface RuleFile {
  /** Below dist/. */
  readonly path: string;
  readonly environment: string;
  /** The namespace of the object. */
  readonly namespace: string;
  readonly groups: readonly Group[];
}

/** An alert of a rule file. */
export interface AlertRule {
  readonly file: RuleFile;
  /** What it is evaluated with. */
  readonly group: Group;
  readonly name: string;
  readonly expr: string;
  /** Minutes that it must be wrong. */
  readonly forMinutes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The rules of an object; none of one that is no PrometheusRule. @param path Below dist/ */
export function ruleFileOf(path: string, { kind, metadata, spec }: IPrometheusRule): RuleFile[] {
  const [environment = ''] = path.split('/');
  if (kind !== 'PrometheusRule') return [];
  return [{ path, environment, namespace: metadata?.namespace ?? '', groups: spec?.groups ?? [] }];
}

/** Every PrometheusRule of dist/; of environments whose files say the same, the first. */
export const ruleFiles: readonly RuleFile[] = rendered
  .flatMap(({ path, object }) => ruleFileOf(path, object as object as IPrometheusRule))
  .filter(({ groups }, index, all) => index === all.findIndex((one) => same(one.groups, groups)));

function same(one: readonly Group[], other: readonly Group[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The alerts of one file. */
export const alertsIn = (file: RuleFile): readonly AlertRule[] =>
  file.groups.flatMap((group) => (group.rules ?? []).flatMap((rule) => alertOf(file, group, rule)));

/** Every alert of those files. */
export const alertRules: readonly AlertRule[] = ruleFiles.flatMap(alertsIn);

/** Every expression of those files, with the name of its alert or recording rule. */
export const expressions: readonly { path: string; name: string; expr: string }[] = ruleFiles.flatMap(
  ({ path, groups }) =>
    groups.flatMap(({ rules = [] }) =>
      rules.map(({ alert, record, expr }) => ({ path, name: alert ?? record ?? '', expr: String(expr) })),
    ),
);

function alertOf(
  file: RuleFile,
  group: Group,
  { alert, expr, labels, annotations, ...rule }: Rule,
): AlertRule[] {
  if (alert === undefined) return [];
  const forMinutes = minutesOf(rule.for ?? '0m');
  const texts = { labels: labels ?? {}, annotations: annotations ?? {} };
  return [{ file, group, name: alert, expr: String(expr), forMinutes, ...texts }];
}

function minutesOf(duration: string): number {
  const [, count = '0', unit = 'm'] = /^(\d+)([smh])$/.exec(duration) ?? [];
  return Number(count) * { s: 1 / 60, m: 1, h: 60 }[unit as 's' | 'm' | 'h'];
}
