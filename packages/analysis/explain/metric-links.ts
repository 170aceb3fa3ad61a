import { producersOf } from '../../contracts/metrics/catalogue.ts';
import { metricNames } from '../../contracts/promql.ts';
import { type DesiredObject, titleOf, valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf } from '../../manifests/references.ts';
import { broken, found, type Link, type LinkKind, outside, sentenceOf, toObject } from './links.ts';
import { monitors, type World } from './world.ts';

/** What Prometheus scrapes, and what its rules read. */
export function monitoringLinks(from: DesiredObject, world: World): Link[] {
  if (from.kind === 'ServiceMonitor') return scrapes(from, world);
  return from.kind === 'PrometheusRule' ? rules(from, world) : [];
}

function scrapes(from: DesiredObject, world: World): Link[] {
  const services = world.ofKind('Service').filter((service) => monitors(from, service));
  const says = 'has scraped';
  const kind = 'ServiceMonitor -> Service';
  const selector = JSON.stringify(valueAt(from.fields, ['spec', 'selector']));
  if (services.length === 0)
    return [{ from, kind, says, end: broken(`no Service has the labels of ${selector}`) }];
  return services.flatMap((service) =>
    listAt(from.fields, ['spec', 'endpoints']).map((endpoint): Link => {
      const port = valueAt(endpoint, ['port']);
      const names = listAt(service.fields, ['spec', 'ports']).map((one) => valueAt(one, ['name']));
      const end = found(
        names.includes(port) ? service : undefined,
        `${titleOf(service)} has no port named ${port}; it has ${names.join(', ')}`,
      );
      return {
        from,
        kind,
        says: `${says} ${valueAt(endpoint, ['path']) ?? '/metrics'} on port ${port} of`,
        end,
      };
    }),
  );
}

function rules(from: DesiredObject, world: World): Link[] {
  const all = listAt(from.fields, ['spec', 'groups']).flatMap((group) => listAt(group, ['rules']));
  const links = all.flatMap((rule) => {
    const who = String(valueAt(rule, ['alert']) ?? valueAt(rule, ['record']));
    return metricLinks(from, 'PrometheusRule -> metric', who, String(valueAt(rule, ['expr'])), world);
  });
  return [...new Map(links.map((link) => [sentenceOf(link), link])).values()];
}

/** Of every metric that an expression reads: who registers it, and who has it scraped. */
export const metricLinks = (
  from: DesiredObject,
  kind: LinkKind,
  who: string,
  expression: string,
  world: World,
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

function sourceOf(metric: string, world: World): MetricEnd[] {
  return (
    ofRule(metric, world) ??
    ofService(metric, world) ??
    ofImage(metric, world) ??
    ofChart(metric, world) ?? [
      { scraped: false, end: broken(`nobody registers ${metric}: no service, no rule, no known exporter`) },
    ]
  );
}

function ofRule(metric: string, world: World): MetricEnd[] | undefined {
  const rule = world.ofKind('PrometheusRule').find(({ fields }) =>
    listAt(fields, ['spec', 'groups'])
      .flatMap((group) => listAt(group, ['rules']))
      .some((one) => valueAt(one, ['record']) === metric),
  );
  return rule && [{ scraped: false, end: toObject(rule) }];
}

function ofService(metric: string, world: World): MetricEnd[] | undefined {
  const { images } = world.outside;
  const producers = producersOf(metric);
  if (producers.length === 0) return undefined;
  return producers.flatMap(({ service, metric: { type, labels } }) => {
    const by = Object.keys(labels).length === 0 ? '' : ` by ${Object.keys(labels).join(', ')}`;
    const own = [...images].filter(([, folder]) => folder === `services/${service}`).map(([image]) => image);
    const workloads = world.objects.filter((one) => runs(one, (image) => own.includes(image)));
    return [
      { scraped: false, end: outside(`a ${type} of services/${service}${by}`) },
      ...scrapedFrom(workloads, `the pods of services/${service}`, world),
    ];
  });
}

/** Metrics that begin with the name of a broker are its own. */
function ofImage(metric: string, world: World): MetricEnd[] | undefined {
  const [prefix = ''] = metric.split('_');
  if (!['lavinmq', 'rabbitmq'].includes(prefix)) return undefined;
  const workloads = world.objects.filter((one) => runs(one, (image) => image.includes(`/${prefix}:`)));
  if (workloads.length === 0) return [{ scraped: false, end: broken(`no workload runs ${prefix}`) }];
  return [
    { scraped: false, end: outside(`a metric of ${prefix} itself`) },
    ...scrapedFrom(workloads, `the pods of ${prefix}`, world),
  ];
}

const runs = (workload: DesiredObject, wanted: (image: string) => boolean): boolean =>
  listAt(podSpecOf(workload), ['containers']).some((one) => wanted(String(valueAt(one, ['image']))));

function scrapedFrom(workloads: readonly DesiredObject[], who: string, world: World): MetricEnd[] {
  const found = new Set(workloads.flatMap((workload) => world.monitorsOf(workload)));
  const ends = found.size > 0 ? [...found].map(toObject) : [broken(`no ServiceMonitor has ${who} scraped`)];
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
  [/^(rollout|analysis_run|experiment)_/, 'Argo Rollouts', 'argo-rollouts'],
  [/^traefik_/, 'Traefik', 'traefik'],
  [/^loki_/, 'Loki', 'loki'],
];

function ofChart(metric: string, world: World): MetricEnd[] | undefined {
  const exporter = EXPORTERS.find(([form]) => form.test(metric));
  if (exporter === undefined) return undefined;
  const [, who, chart] = exporter;
  const end =
    world.chart(chart) === undefined
      ? broken(`${metric} is a metric of ${who}, and no chart ${chart} is installed`)
      : outside(`a metric of ${who}, by the chart ${chart}`);
  return [{ scraped: false, end }];
}
