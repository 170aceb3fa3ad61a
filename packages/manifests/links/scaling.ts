import type { Target } from '@sluice/policy';
import { type DesiredObject, type Fields, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { scalerConfigsIn } from '../scaler-configs.ts';
import {
  absent,
  broken,
  type End,
  found,
  type Link,
  type LinkKind,
  outside,
  parseAll,
  toObject,
} from './links.ts';
import { metricLinks, metricNames } from './metrics.ts';
import type { ObjectIndex } from './object-index.ts';
import { missingIn, secretEnd } from './pods.ts';
import { serviceEnd, urlsIn } from './urls.ts';

/** A metric that prometheus-adapter makes of a series for HPAs. */
export interface AdapterMetric {
  readonly name: string;
  readonly series: string;
  /** What holds the rule. */
  readonly holder: DesiredObject;
}

/** What the rules of prometheus-adapter make: those in its file, and those in the values of its chart. */
function adapterMetrics(world: ObjectIndex): readonly AdapterMetric[] {
  const found = known.get(world) ?? metricsIn(world);
  known.set(world, found);
  return found;
}

const known = new WeakMap<ObjectIndex, readonly AdapterMetric[]>();

function metricsIn(world: ObjectIndex): AdapterMetric[] {
  const files = world
    .ofKind('ConfigMap')
    .filter(mayHoldRules)
    .flatMap((holder) =>
      parseAll(holder).flatMap((file) => metricsOf(file, ['externalRules', 'rules'], holder)),
    );
  const chart = world.chart('prometheus-adapter');
  if (chart === undefined) return files;
  const values = valueAt(chart.fields, ['spec', 'source', 'helm', 'valuesObject', 'rules']);
  return [...files, ...metricsOf(values, ['external', 'custom'], chart)];
}

/** Dashboards are ConfigMaps too, and take long to parse. */
const mayHoldRules = ({ fields }: DesiredObject): boolean =>
  isFields(fields.data) &&
  Object.values(fields.data).some((text) => /(?:externalRules|rules)["']?\s*:/.test(String(text)));

const metricsOf = (file: unknown, lists: readonly string[], holder: DesiredObject): AdapterMetric[] =>
  lists
    .flatMap((list) => listAt(file, [list]))
    .filter(isFields)
    .flatMap((rule) =>
      metricNames(String(rule.seriesQuery)).map((series) => ({ name: nameOf(series, rule), series, holder })),
    );

/**
 * `matches` picks parts of the series' name and `as` puts them together, in Go's words: `${1}`. Without `as` it is
 * the first part, without `matches` the name as it is.
 * @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md#naming
 */
function nameOf(series: string, rule: Fields): string {
  const [matches, as] = ['matches', 'as'].map((field) => valueAt(rule, ['name', field]));
  const parts = new RegExp(typeof matches === 'string' ? matches : '.*').exec(series);
  if (parts === null) return series;
  if (typeof as !== 'string' || as === '') return parts[1] ?? series;
  return as.replace(/\$\{?(\d+)\}?/g, (_, index) => parts[Number(index)] ?? '');
}

/** Who owns a replica count, and what it goes by. */
export function scalingLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  switch (from.kind) {
    case 'ConfigMap':
      return scaler(from, world);
    case 'HorizontalPodAutoscaler':
      return [target(from, 'HorizontalPodAutoscaler -> workload', world), ...metrics(from, world)];
    case 'VerticalPodAutoscaler':
      return [target(from, 'VerticalPodAutoscaler -> workload', world, 'targetRef')];
    case 'TriggerAuthentication':
      return secrets(from, world);
    case 'ScaledObject':
      return [
        target(from, 'ScaledObject -> workload', world),
        ...triggers(from, world),
        ...authentications(from, world),
      ];
    default:
      return [];
  }
}

function scaler(from: DesiredObject, world: ObjectIndex): Link[] {
  const workloads = scalerConfigsIn(from).flatMap((config) => config.workloads);
  return workloads.flatMap(({ name, source, target: scaled, policy }): Link[] => [
    ...urlsIn('url' in source ? [source.url] : []).map(
      (url): Link => ({
        ...{ from, kind: 'scaler -> Service', says: `reads the backlog of '${name}' from` },
        end: serviceEnd(url, world),
      }),
    ),
    ...scaledLinks(from, scaled, `${policy.kind} '${name}'`, world),
  ]);
}

function scaledLinks(from: DesiredObject, scaled: Target, policy: string, world: ObjectIndex): Link[] {
  if (scaled.kind === 'process') return [];
  const { kind, says } = SCALED[scaled.kind];
  const end = workloadEnd(kind, scaled.namespace, scaled.name, world);
  return [{ from, kind: 'scaler -> workload', says: says(policy), end }];
}

/** The scaler scales by them, and the board shows them. */
const SCALED = {
  deployment: { kind: 'Deployment', says: (policy: string) => `holds the ${policy} of` },
  hpa: {
    kind: 'HorizontalPodAutoscaler',
    says: (policy: string) => `holds the ${policy} for the minimum of`,
  },
} as const;

function target(from: DesiredObject, kind: LinkKind, world: ObjectIndex, reference = 'scaleTargetRef'): Link {
  const [owned, name] = ['kind', 'name'].map((field) => valueAt(from.fields, ['spec', reference, field]));
  const end = workloadEnd(String(owned ?? 'Deployment'), from.namespace, String(name), world);
  return { from, kind, says: 'scales', end };
}

function workloadEnd(kind: string, namespace: string | undefined, name: string, world: ObjectIndex): End {
  const missing = world.knows(namespace) && !world.isOpen(namespace) ? broken : absent;
  return found(world.named(kind, namespace, name), `${kind} ${namespace}/${name} is not there`, missing);
}

/** metric <- rule of prometheus-adapter <- series */
function metrics(from: DesiredObject, world: ObjectIndex): Link[] {
  return listAt(from.fields, ['spec', 'metrics']).flatMap((metric): Link[] => {
    const type = String(valueAt(metric, ['type']));
    const kind = 'HorizontalPodAutoscaler -> metric';
    if (type === 'Resource' || type === 'ContainerResource')
      return [{ from, kind, says: 'goes by the use of resources, from', end: resourceMetrics(world) }];
    const field = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
    const name = String(valueAt(metric, [field, 'metric', 'name']));
    const all = adapterMetrics(world);
    const made = all.filter((one) => one.name === name);
    // Without one rule here, another adapter may serve the metrics.
    const missing = all.length > 0 ? broken : absent;
    if (made.length === 0)
      return [
        {
          ...{ from, kind, says: `goes by ${name} of` },
          end: missing(`no rule of prometheus-adapter makes ${name}`),
        },
      ];
    return made.flatMap(({ series, holder }): Link[] => [
      { from, kind, says: `goes by ${name}, made by a rule of`, end: toObject(holder) },
      ...metricLinks(from, kind, `its rule for ${name}`, series, world),
    ]);
  });
}

function resourceMetrics(world: ObjectIndex): End {
  const server = world.chart('metrics-server');
  return server === undefined
    ? absent('no chart metrics-server is installed')
    : outside('the chart metrics-server');
}

function triggers(from: DesiredObject, world: ObjectIndex): Link[] {
  const queries = listAt(from.fields, ['spec', 'triggers']).map((one) => valueAt(one, ['metadata', 'query']));
  return queries
    .filter((query) => typeof query === 'string')
    .flatMap((query) => metricLinks(from, 'HorizontalPodAutoscaler -> metric', 'a trigger', query, world));
}

/** The keys of Secrets that a login is made of. */
const secrets = (from: DesiredObject, world: ObjectIndex): Link[] =>
  listAt(from.fields, ['spec', 'secretTargetRef']).map((one): Link => {
    const [name, key] = ['name', 'key'].map((field) => String(valueAt(one, [field])));
    const end = secretEnd(from, name ?? '', world, [key ?? '']);
    return { from, kind: 'TriggerAuthentication -> Secret', says: 'reads', expects: `${name}/${key}`, end };
  });

/** What a trigger logs in with. */
function authentications(from: DesiredObject, world: ObjectIndex): Link[] {
  const references = listAt(from.fields, ['spec', 'triggers']).map((one) =>
    valueAt(one, ['authenticationRef']),
  );
  return references
    .filter((reference) => reference !== undefined)
    .map((reference): Link => {
      const kind = String(valueAt(reference, ['kind']) ?? 'TriggerAuthentication');
      const name = valueAt(reference, ['name']);
      const isCluster = kind === 'ClusterTriggerAuthentication';
      const object = world.named(kind, isCluster ? undefined : from.namespace, name);
      const end = found(object, `${kind} ${name} is not there`, isCluster ? absent : missingIn(from, world));
      return { from, kind: 'ScaledObject -> TriggerAuthentication', says: 'logs in by', end };
    });
}
