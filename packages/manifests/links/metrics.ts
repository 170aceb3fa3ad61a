import { producersOf } from '../../contracts/metrics/catalogue.ts';
import { metricNames as parsedNames } from '../../contracts/promql.ts';
import { jsonText } from '../embedded.ts';
import { onceForText } from '../memo.ts';
import { type DesiredObject, entryOf, isFields, titleOf, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import {
  absent,
  broken,
  type End,
  found,
  type Link,
  type LinkKind,
  outside,
  sentenceOf,
  toObject,
} from './links.ts';
import { monitors, type ObjectIndex } from './object-index.ts';
import { stopped } from './paths.ts';
import { missingIn } from './pods.ts';
import { selects } from './selection.ts';
import { portsOf } from './traffic.ts';

/** Environments share most expressions. */
export const metricNames = onceForText(parsedNames);

/** What Prometheus scrapes, and what its rules read. */
export function monitoringLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  if (from.kind === 'ServiceMonitor') return [...scrapes(from, world), ...readers(from, world)];
  if (from.kind === 'PodMonitor') return [...podScrapes(from, world), ...readers(from, world)];
  return from.kind === 'PrometheusRule' ? [...rules(from, world), ...readers(from, world)] : [];
}

function scrapes(from: DesiredObject, world: ObjectIndex): Link[] {
  const services = world.ofKind('Service').filter((service) => monitors(from, service));
  const says = 'has scraped';
  const kind = 'ServiceMonitor -> Service';
  const selector = jsonText(valueAt(from.fields, ['spec', 'selector']));
  const elsewhere = valueAt(from.fields, ['spec', 'namespaceSelector']) !== undefined;
  const missing = elsewhere ? absent : missingIn(from, world);
  if (services.length === 0)
    return [{ from, kind, says, end: missing(`no Service has the labels of ${selector}`) }];
  return services.flatMap((service) =>
    listAt(from.fields, ['spec', 'endpoints']).map((endpoint): Link => {
      const port = valueAt(endpoint, ['port']) ?? valueAt(endpoint, ['targetPort']);
      const end = scrapedPort(service, endpoint, port, world);
      return {
        from,
        kind,
        says: `${says} ${valueAt(endpoint, ['path']) ?? '/metrics'} on port ${port} of`,
        end,
      };
    }),
  );
}

/** Finds the scraped port by the name of a Service's port, or by the port of the pods themselves. */
function scrapedPort(service: DesiredObject, endpoint: unknown, port: unknown, world: ObjectIndex): End {
  const names = listAt(service.fields, ['spec', 'ports']).map((one) => valueAt(one, ['name']));
  if (valueAt(endpoint, ['port']) === undefined || names.includes(port)) {
    const prometheus = world.podsOfChart('kube-prometheus-stack', 'prometheus');
    const own = listAt(service.fields, ['spec', 'ports']).find((one) => valueAt(one, ['name']) === port);
    const number = Number(valueAt(own, ['port']));
    const cut = prometheus && stopped({ ...prometheus, title: 'Prometheus' }, service, number, world);
    return cut ?? toObject(service);
  }
  return broken(`${titleOf(service)} has no port named ${port}; it has ${names.join(', ')}`);
}

function podScrapes(from: DesiredObject, world: ObjectIndex): Link[] {
  const kind = 'PodMonitor -> pods';
  const selector = valueAt(from.fields, ['spec', 'selector']);
  const elsewhere = valueAt(from.fields, ['spec', 'namespaceSelector']) !== undefined;
  if (elsewhere) return [];
  const pods = world.podsIn(from.namespace, selector);
  const none = missingIn(from, world)(`no pods of ${from.namespace} have the labels ${jsonText(selector)}`);
  if (pods.length === 0) return [{ from, kind, says: 'has scraped', end: none }];
  return pods.flatMap((workload) =>
    listAt(from.fields, ['spec', 'podMetricsEndpoints']).map((endpoint): Link => {
      const port = valueAt(endpoint, ['port']);
      const isThere = port === undefined || portsOf(workload).some(({ name }) => name === port);
      const why = `no container of ${titleOf(workload)} has the port ${port}`;
      return {
        from,
        kind,
        says: `has scraped on port ${port} the pods of`,
        end: isThere ? toObject(workload) : broken(why),
      };
    }),
  );
}

function rules(from: DesiredObject, world: ObjectIndex): Link[] {
  const all = listAt(from.fields, ['spec', 'groups']).flatMap((group) => listAt(group, ['rules']));
  const links = all.flatMap((rule) => {
    const who = String(valueAt(rule, ['alert']) ?? valueAt(rule, ['record']));
    return metricLinks(from, 'PrometheusRule -> metric', who, String(valueAt(rule, ['expr'])), world);
  });
  return [...new Map(links.map((link) => [sentenceOf(link), link])).values()];
}

/** Links every metric that an expression reads to the service that registers it and to its scrape. */
export const metricLinks = (
  from: DesiredObject,
  kind: LinkKind,
  who: string,
  expression: string,
  world: ObjectIndex,
): Link[] =>
  metricNames(expression).flatMap((metric) => {
    const links = sourceOf(metric, world);
    return links.map(({ scraped, end }): Link => {
      const says = scraped ? `${metric} is scraped by` : `${who} reads ${metric}`;
      return { from, kind: scraped ? 'metric -> ServiceMonitor' : kind, says, end };
    });
  });

interface MetricEnd extends Pick<Link, 'end'> {
  readonly scraped: boolean;
}

/** Caches for each world where its metrics come from: many expressions read the same. */
const sources = new WeakMap<ObjectIndex, Map<string, MetricEnd[]>>();

function sourceOf(metric: string, world: ObjectIndex): MetricEnd[] {
  const known = sources.get(world) ?? new Map<string, MetricEnd[]>();
  sources.set(world, known);
  const found = known.get(metric) ?? searched(metric, world);
  known.set(metric, found);
  return found;
}

function searched(metric: string, world: ObjectIndex): MetricEnd[] {
  return (
    ofRule(metric, world) ??
    ofService(metric, world) ??
    ofImage(metric, world) ??
    ofChart(metric, world) ?? [
      { scraped: false, end: absent(`no service, rule or known exporter registers ${metric}`) },
    ]
  );
}

/** Caches for each world which rule records a series: every metric is looked up there first. */
const recorded = new WeakMap<ObjectIndex, ReadonlyMap<unknown, DesiredObject>>();

function recordsIn(world: ObjectIndex): ReadonlyMap<unknown, DesiredObject> {
  const known = recorded.get(world);
  if (known !== undefined) return known;
  const records = world.ofKind('PrometheusRule').flatMap((rule) =>
    listAt(rule.fields, ['spec', 'groups'])
      .flatMap((group) => listAt(group, ['rules']))
      .map((one) => [valueAt(one, ['record']), rule] as const),
  );
  // The first of several wins.
  const found = new Map(records.toReversed());
  recorded.set(world, found);
  return found;
}

function ofRule(metric: string, world: ObjectIndex): MetricEnd[] | undefined {
  const rule = recordsIn(world).get(metric);
  return rule && [{ scraped: false, end: toObject(rule) }];
}

function ofService(metric: string, world: ObjectIndex): MetricEnd[] | undefined {
  const { images, registry } = world.outside;
  const producers = producersOf(metric);
  if (producers.length === 0) return undefined;
  return producers.flatMap(({ service, metric: { type, labels } }) => {
    const by = Object.keys(labels).length === 0 ? '' : ` by ${Object.keys(labels).join(', ')}`;
    const own = [...images].filter(([, folder]) => folder === `services/${service}`).map(([image]) => image);
    // Where the images are not known, one is called after its service.
    const isOwn = (image: string): boolean =>
      own.includes(image) ||
      (registry === undefined && image.split(/[@:]/)[0]?.endsWith(`/${service}`) === true);
    const workloads = world.running(isOwn);
    return [
      { scraped: false, end: outside(`a ${type} of services/${service}${by}`) },
      ...scrapedFrom(workloads, `the pods of services/${service}`, world),
    ];
  });
}

/** How the metrics of a broker or of an exporter begin, and its image. */
const BY_IMAGE: Readonly<Record<string, string>> = {
  ...{ lavinmq: 'lavinmq', rabbitmq: 'rabbitmq', redis: 'redis_exporter', mongodb: 'mongodb_exporter' },
  elasticsearch: 'elasticsearch-exporter',
};

function ofImage(metric: string, world: ObjectIndex): MetricEnd[] | undefined {
  const image = entryOf(BY_IMAGE, metric.split('_')[0] ?? '');
  if (image === undefined) return undefined;
  const workloads = world.running((one) => one.includes(`/${image}:`));
  if (workloads.length === 0) return [{ scraped: false, end: absent(`no workload runs ${image}`) }];
  return [
    { scraped: false, end: outside(`a metric of ${image} itself`) },
    ...scrapedFrom(workloads, `the pods of ${image}`, world),
  ];
}

function scrapedFrom(workloads: readonly DesiredObject[], who: string, world: ObjectIndex): MetricEnd[] {
  const found = new Set(workloads.flatMap((workload) => world.monitorsOf(workload)));
  const ends = found.size > 0 ? [...found].map(toObject) : [absent(`no ServiceMonitor has ${who} scraped`)];
  return ends.map((end) => ({ scraped: true, end }));
}

/** Exporters that come with charts: the beginning of their metrics' names, and the chart. */
const EXPORTERS: readonly (readonly [RegExp, string, string])[] = [
  [/^(up|scrape_\w+|ALERTS|prometheus_\w+)$/, 'Prometheus', 'kube-prometheus-stack'],
  [/^kube_/, 'kube-state-metrics', 'kube-prometheus-stack'],
  [/^node_/, 'the node exporter', 'kube-prometheus-stack'],
  [/^(kubelet|container|apiserver)_/, 'Kubernetes', 'kube-prometheus-stack'],
  [/^(process|nodejs)_/, 'the process metrics of every service', 'kube-prometheus-stack'],
  [/^argocd_/, 'Argo CD', 'argo-cd'],
  [/^certmanager_/, 'cert-manager', 'cert-manager'],
  [/^fluentbit_/, 'Fluent Bit', 'fluent-bit'],
  [/^otelcol_/, 'the log agent', 'opentelemetry-collector'],
  [/^(rollout|analysis_run|experiment)_/, 'Argo Rollouts', 'argo-rollouts'],
  [/^traefik_/, 'Traefik', 'traefik'],
  [/^loki_/, 'Loki', 'loki'],
  [/^vl_/, 'VictoriaLogs', 'victoria-logs'],
];

function ofChart(metric: string, world: ObjectIndex): MetricEnd[] | undefined {
  const exporter = EXPORTERS.find(([form]) => form.test(metric));
  if (exporter === undefined) return undefined;
  const [, who, chart] = exporter;
  const end =
    world.chart(chart) === undefined
      ? absent(`${metric} is a metric of ${who}, and no chart ${chart} is installed`)
      : outside(`a metric of ${who}, by the chart ${chart}`);
  return [{ scraped: false, end }];
}

/** The field of a Prometheus that selects a kind. */
const SELECTORS: Readonly<Record<string, string>> = {
  ServiceMonitor: 'serviceMonitorSelector',
  PodMonitor: 'podMonitorSelector',
  PrometheusRule: 'ruleSelector',
};

/**
 * Which Prometheus reads a monitor or a rule, by its labels: one of dist/, or that of the chart, which goes by the
 * label `release` unless its values say otherwise.
 * @see https://github.com/prometheus-community/helm-charts/blob/main/charts/kube-prometheus-stack/values.yaml
 */
function readers(from: DesiredObject, world: ObjectIndex): Link[] {
  const field = entryOf(SELECTORS, from.kind) ?? '';
  const labels = valueAt(from.fields, ['metadata', 'labels']);
  const own = world
    .ofKind('Prometheus')
    .filter((one) => readsNamespace(one, field.replace(/Selector$/, 'NamespaceSelector'), from, world))
    .map((one) => ({ one, selector: valueAt(one.fields, ['spec', field]) }));
  const chart = world.chart('kube-prometheus-stack');
  const all = chart === undefined ? own : [...own, { one: chart, selector: chartSelector(chart, field) }];
  if (all.length === 0) return unread(from, world);
  const reader = all.find(({ selector }) => selects(selector, isFields(labels) ? labels : {}));
  const asked = all.map(({ selector }) => jsonText(selector ?? null)).join(', ');
  const end = found(reader?.one, `no Prometheus selects its labels: they ask for ${asked}`);
  return [{ from, kind: 'monitor -> Prometheus', says: 'is read by', end }];
}

/** None selects the namespace of the Prometheus alone. */
function readsNamespace(
  prometheus: DesiredObject,
  field: string,
  { namespace = '' }: DesiredObject,
  world: ObjectIndex,
): boolean {
  const selector = valueAt(prometheus.fields, ['spec', field]);
  if (selector === undefined) return prometheus.namespace === namespace;
  const labels = valueAt(world.named('Namespace', undefined, namespace)?.fields, ['metadata', 'labels']);
  return selects(selector, { 'kubernetes.io/metadata.name': namespace, ...(isFields(labels) ? labels : {}) });
}

/** Where dist/ has a Prometheus, and none of them reads the namespace. */
function unread(from: DesiredObject, world: ObjectIndex): Link[] {
  if (world.ofKind('Prometheus').length === 0) return [];
  const why = `no Prometheus reads the namespace ${from.namespace}`;
  return [
    { from, kind: 'monitor -> Prometheus', says: 'is read by', end: absent(why, world.ofKind('Prometheus')) },
  ];
}

function chartSelector(chart: DesiredObject, field: string): unknown {
  const helm = valueAt(chart.fields, ['spec', 'source', 'helm']);
  const spec = valueAt(helm, ['valuesObject', 'prometheus', 'prometheusSpec']);
  const selector = valueAt(spec, [field]);
  if (isFields(selector) && Object.keys(selector).length > 0) return selector;
  if (valueAt(spec, [`${field}NilUsesHelmValues`]) === false) return {};
  return { matchLabels: { release: valueAt(helm, ['releaseName']) ?? chart.name } };
}
