import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { promqlFaults } from '../packages/contracts/promql.ts';
import { uidOf } from './dashboards/dashboard.ts';
import { type Identity, metadataOf } from './labels.ts';
import { burnRates, type Slo } from './slo.ts';

/** `critical`: a person is woken. `warning`: it waits for working hours. `info`: it is sent to no one. */
export type Severity = 'critical' | 'warning' | 'info';

/** One alert, as its application declares it. */
export interface Alert {
  /** CamelCase. */
  readonly name: string;
  readonly severity: Severity;
  /** PromQL that has a result while something is wrong. */
  readonly expr: string;
  /** How long it must be wrong, for example '2m'. */
  readonly for: string;
  /** One line. */
  readonly summary: string;
  /** What it means and what to do first. */
  readonly description: string;
  /** Labels that the series of the expression lack. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A series that Prometheus writes itself, named `level:metric:operations`. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  /** @default those of the expression */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly records: readonly RecordingRule[];
  readonly alerts: readonly Alert[];
}

/** The alerts and recording rules of one owner. */
export interface AlertsProps extends Identity {
  /** The page that explains alerts; each one's anchor is its name in lower case. */
  readonly runbook: string;
  /** The name of the dashboard that shows what it is about; a message links to it. */
  readonly dashboard: string;
  /** The team that is notified, or BY_NAMESPACE. @default PLATFORM_TEAM */
  readonly owner?: string;
  readonly alerts: readonly Alert[];
  /** Series that others read of it, recorded before its alerts. @default none */
  readonly records?: readonly RecordingRule[];
  /** What it promises. @default nothing */
  readonly slos?: readonly Slo[];
  /** Its name in metrics. @default its name */
  readonly workload?: string;
  /** What it cannot work without: while that is down, its own alerts are silent. @default nothing */
  readonly dependsOn?: string;
  /** Labels of every alert. @default its namespace */
  readonly labels?: Readonly<Record<string, string>>;
}

type Rules = NonNullable<NonNullable<IPrometheusRule['spec']>['groups']>[number]['rules'];

/**
 * The alerts of a workload: those that it declares, and the burn rates of what it promises.
 * @throws {ChartError} with every fault of the props
 */
export class Alerts extends Construct {
  constructor(scope: Construct, id: string, props: AlertsProps) {
    super(scope, id);
    const groups = groupsOf(props);
    check(props.name, groups);
    const { apiVersion, kind, spec } = prometheusRule(props, groups);
    new ApiObject(this, 'rule', { apiVersion, kind, metadata: metadataOf(props), spec });
  }
}

function groupsOf(props: AlertsProps): RuleGroup[] {
  const { name, namespace, alerts, records = [], slos = [], workload = name } = props;
  const own = alerts.length + records.length > 0 ? [{ name, records, alerts }] : [];
  return [...own, ...slos.map((slo) => burnRates(slo, { namespace, workload }))];
}

function prometheusRule(props: AlertsProps, groups: readonly RuleGroup[]): IPrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    spec: {
      groups: groups.map(({ name, records, alerts }) => ({
        name,
        rules: [...recording(records), ...alerting(props, alerts)],
      })),
    },
  };
}

const recording = (records: readonly RecordingRule[]) =>
  records.map(({ record, expr, labels }) => ({ record, expr, ...(labels && { labels: { ...labels } }) }));

function alerting(props: AlertsProps, alerts: readonly Alert[]): NonNullable<Rules> {
  const { runbook, dashboard, owner = PLATFORM_TEAM, namespace, labels = { namespace }, dependsOn } = props;
  return alerts.map((alert) => ({
    alert: alert.name,
    expr: alert.expr,
    for: alert.for,
    labels: {
      ...labels,
      ...(owner !== BY_NAMESPACE && { owner }),
      ...(dependsOn !== undefined && { depends_on: dependsOn }),
      ...alert.labels,
      severity: alert.severity,
    },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${runbook}#${alert.name.toLowerCase()}`,
      dashboard: uidOf(dashboard),
    },
  }));
}

/** The owner of alerts whose expression returns it for each namespace. */
export const BY_NAMESPACE = 'namespace';

/** The team of all that no other owns. */
export const PLATFORM_TEAM = 'platform';

/** Who is notified of what happens in a namespace. */
export interface NamespaceOwners {
  /** Team -> namespaces. */
  readonly of: Readonly<Record<string, readonly string[]>>;
  /** The team of all others. */
  readonly others: string;
}

/** The series of an expression, each with the label `owner` of its namespace's team. */
export function ownedByNamespace(expr: string, { of, others }: NamespaceOwners): string {
  const label = (inner: string, owner: string, source: string, values: string): string =>
    `label_replace(${inner}, "owner", "${owner}", "${source}", "${values}")`;
  return Object.entries(of).reduce(
    (inner, [owner, namespaces]) => label(inner, owner, 'namespace', namespaces.join('|')),
    label(expr, others, '', ''),
  );
}

function check(subject: string, groups: readonly RuleGroup[]): void {
  const checks = new Checks(`Alerts '${subject}'`);
  const alerts = groups.flatMap((group) => group.alerts);
  const names = alerts.map(({ name }) => name);
  for (const { name, for: time } of alerts)
    checks
      .that(/^([A-Z][a-z0-9]+)+$/.test(name), `'name' (${name}) must be CamelCase`)
      .that(/^\d+[smh]$/.test(time), `'for' (${time}) of ${name} must be such as 2m`)
      .that(names.indexOf(name) === names.lastIndexOf(name), `'name' (${name}) must be unique`);
  const records = groups.flatMap((group) => group.records);
  for (const { record } of records)
    checks.that(
      /^[a-z_]+:[a-z_]+:[a-z0-9_]+$/.test(record),
      `'record' (${record}) must be level:metric:operations`,
    );
  for (const { name, expr } of [...alerts, ...records.map(({ record, expr }) => ({ name: record, expr }))])
    for (const fault of promqlFaults(expr)) checks.that(false, `'expr' of ${name} is no PromQL ${fault}`);
  checks.done();
}
