import { prometheusSeconds } from '../contracts/instant.ts';
import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type DesiredObject, entryOf, isFields, titleOf, valueAt } from '../manifests/objects.ts';
import { listAt } from '../manifests/references.ts';
import { type Rule, unless, type Violation } from './objects.ts';

/** What operators and their webhooks refuse of their own objects. */
export const operatorRules: Rule = (object, world) => entryOf(byKind, object.kind)?.(object, world) ?? [];

const twiceIn = (names: readonly unknown[]): unknown =>
  names.find((name, index) => name !== undefined && names.indexOf(name) !== index);

/** @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
const rules: Rule = (object) => {
  const groups = listAt(object.fields, ['spec', 'groups']);
  const twice = twiceIn(groups.map((group) => valueAt(group, ['name'])));
  const durations = groups.flatMap((group) => [
    ...durationsIn(object, group, ['interval', 'query_offset'], `group ${valueAt(group, ['name'])}`),
    ...listAt(group, ['rules']).flatMap((rule) =>
      durationsIn(object, rule, ['for', 'keep_firing_for'], String(valueAt(rule, ['alert']))),
    ),
  ]);
  return [
    ...unless(
      twice === undefined,
      object,
      `group twice/${twice}`,
      `two of its groups have the name ${twice}`,
    ),
    ...durations,
  ];
};

const durationsIn = (
  object: DesiredObject,
  of: unknown,
  fields: readonly string[],
  title: string,
): readonly Violation[] =>
  fields.flatMap((field) => {
    const text = valueAt(of, [field]);
    const isDuration = typeof text !== 'string' || text === '' || prometheusSeconds(text) !== undefined;
    const why = `'${field}' (${text}) of ${title} must be a duration of Prometheus such as 5m or 1h30m`;
    return unless(isDuration, object, `duration/${title}/${field}`, why);
  });

/** @see https://prometheus-operator.dev/docs/api-reference/api/#route */
const alertmanager: Rule = (object) => {
  const receivers = listAt(object.fields, ['spec', 'receivers']).map((one) => valueAt(one, ['name']));
  const twice = twiceIn(receivers);
  const asked = routedTo(valueAt(object.fields, ['spec', 'route']));
  return [
    ...unless(
      twice === undefined,
      object,
      `receiver twice/${twice}`,
      `two of its receivers have the name ${twice}`,
    ),
    ...asked
      .filter((name) => !receivers.includes(name))
      .flatMap((name) =>
        unless(
          false,
          object,
          `receiver/${name}`,
          `a route leads to the receiver ${name}, which it does not have`,
        ),
      ),
  ];
};

function routedTo(route: unknown): unknown[] {
  const receiver = valueAt(route, ['receiver']);
  const below = listAt(route, ['routes']).flatMap(routedTo);
  return [...new Set([...(typeof receiver === 'string' ? [receiver] : []), ...below])];
}

/** Services that one release cannot share. */
const PAIRS = [
  ['blueGreen', 'activeService', 'previewService'],
  ['canary', 'stableService', 'canaryService'],
] as const;

/** @see https://github.com/argoproj/argo-rollouts/blob/v1.9.2/pkg/apis/rollouts/validation/validation.go */
const rollout: Rule = (object, world) => {
  const strategy = valueAt(object.fields, ['spec', 'strategy']);
  const both = ['blueGreen', 'canary'].every((one) => valueAt(strategy, [one]) !== undefined);
  const shared = PAIRS.filter(([kind, one, other]) => {
    const name = valueAt(strategy, [kind, one]);
    return typeof name === 'string' && name === valueAt(strategy, [kind, other]);
  });
  return [
    ...unless(!both, object, 'strategies', "its strategy must not be 'blueGreen' and 'canary' at once"),
    ...shared.flatMap(([, one, other]) =>
      unless(false, object, `shared/${other}`, `'${one}' and '${other}' must be two Services`),
    ),
    ...weights(object, strategy),
    ...surge(object, strategy),
    ...analysisArguments(object, strategy, world),
  ];
};

const weights = (object: DesiredObject, strategy: unknown): readonly Violation[] =>
  listAt(strategy, ['canary', 'steps']).flatMap((step, index) => {
    const weight = valueAt(step, ['setWeight']);
    const most = valueAt(strategy, ['canary', 'trafficRouting', 'maxTrafficWeight']) ?? 100;
    const holds = typeof weight !== 'number' || typeof most !== 'number' || (weight >= 0 && weight <= most);
    return unless(
      holds,
      object,
      `weight/${index}`,
      `'setWeight' (${weight}) of step ${index + 1} must be within 0-${most}`,
    );
  });

function surge(object: DesiredObject, strategy: unknown): readonly Violation[] {
  const nothing = (value: unknown): boolean => value === 0 || value === '0%';
  const stuck = ['maxSurge', 'maxUnavailable'].every((field) =>
    nothing(valueAt(strategy, ['canary', field])),
  );
  const why = "'maxSurge' and 'maxUnavailable' must not both be 0: no pod could be replaced";
  return unless(!stuck, object, 'surge', why);
}

/** An argument without a value of its own has it from the release. @see https://argo-rollouts.readthedocs.io/en/stable/features/analysis/ */
function analysisArguments(
  object: DesiredObject,
  strategy: unknown,
  world: ObjectIndex,
): readonly Violation[] {
  const analyses = [
    ...listAt(strategy, ['canary', 'steps']).map((step) => valueAt(step, ['analysis'])),
    valueAt(strategy, ['canary', 'analysis']),
    valueAt(strategy, ['blueGreen', 'prePromotionAnalysis']),
    valueAt(strategy, ['blueGreen', 'postPromotionAnalysis']),
  ];
  return analyses.filter(isFields).flatMap((analysis) => {
    const given = listAt(analysis, ['args']).map((one) => valueAt(one, ['name']));
    const templates = listAt(analysis, ['templates']).flatMap((one) => templateOf(object, one, world) ?? []);
    return templates.flatMap((template) =>
      needed(template)
        .filter((name) => !given.includes(name))
        .flatMap((name) => {
          const why = `it gives no argument ${name}, which ${titleOf(template)} needs`;
          return unless(false, object, `argument/${template.name}/${name}`, why, [template]);
        }),
    );
  });
}

const templateOf = (
  { namespace }: DesiredObject,
  reference: unknown,
  world: ObjectIndex,
): DesiredObject | undefined => {
  const name = valueAt(reference, ['templateName']);
  return valueAt(reference, ['clusterScope']) === true
    ? world.named('ClusterAnalysisTemplate', undefined, name)
    : world.named('AnalysisTemplate', namespace, name);
};

const needed = ({ fields }: DesiredObject): unknown[] =>
  listAt(fields, ['spec', 'args'])
    .filter((one) => isFields(one) && one.value === undefined && one.valueFrom === undefined)
    .map((one) => valueAt(one, ['name']));

const byKind: Readonly<Record<string, Rule>> = {
  PrometheusRule: rules,
  AlertmanagerConfig: alertmanager,
  Rollout: rollout,
};
