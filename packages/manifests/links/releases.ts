import { type DesiredObject, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { absent, broken, type End, found, type Link, outside } from './links.ts';
import { metricLinks } from './metrics.ts';
import type { ObjectIndex } from './object-index.ts';
import { missingIn } from './pods.ts';
import { certified, serviceAt } from './traffic.ts';
import { serviceEnd, urlsIn } from './urls.ts';

/** How a new version takes over: who splits the requests, and who judges them. */
export function releaseLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  switch (from.kind) {
    case 'Rollout':
      return [...routers(from, world), ...analyses(from, world), ...reference(from, world)];
    case 'AnalysisTemplate':
      return listAt(from.fields, ['spec', 'metrics']).flatMap((metric) => measured(from, metric, world));
    case 'IngressRoute':
      return route(from, world);
    case 'TraefikService':
      return listAt(from.fields, ['spec', 'weighted', 'services']).map((share) => ({
        ...{ from, kind: 'TraefikService -> Service', says: 'splits the requests between others and' },
        end: serviceAt(from, String(valueAt(share, ['name'])), valueAt(share, ['port']), world),
      }));
    case 'VirtualService':
      return listAt(from.fields, ['spec', 'http'])
        .flatMap((rule) => listAt(rule, ['route']))
        .filter((share) => typeof valueAt(share, ['destination', 'host']) === 'string')
        .map((share) => virtualShare(from, valueAt(share, ['destination']), world));
    case 'Certificate':
      return certificate(from, world);
    default:
      return [];
  }
}

function certificate(from: DesiredObject, world: ObjectIndex): Link[] {
  const [kind = 'Issuer', name] = ['kind', 'name'].map((field) =>
    valueAt(from.fields, ['spec', 'issuerRef', field]),
  );
  if (kind === 'ClusterIssuer') return [certified(from, 'Certificate -> ClusterIssuer', name, world)];
  if (kind !== 'Issuer' || typeof name !== 'string') return [];
  const end = there('Issuer', from, name, world);
  return [{ from, kind: 'Certificate -> Issuer', says: 'has its certificate from', end }];
}

const there = (kind: string, from: DesiredObject, name: unknown, world: ObjectIndex): End =>
  found(
    world.named(kind, from.namespace, name),
    `${kind} ${from.namespace}/${name} is not there`,
    missingIn(from, world),
  );

/** A Rollout may take the pods of a Deployment. */
function reference(from: DesiredObject, world: ObjectIndex): Link[] {
  const [kind, name] = ['kind', 'name'].map((field) => valueAt(from.fields, ['spec', 'workloadRef', field]));
  if (typeof name !== 'string') return [];
  return [
    {
      from,
      kind: 'Rollout -> workload',
      says: 'takes the pods of',
      end: there(String(kind), from, name, world),
    },
  ];
}

/** Where a strategy names what it writes the shares into. */
const ROUTERS: readonly (readonly [string, readonly string[]])[] = [
  ['Service', ['stableService']],
  ['Service', ['canaryService']],
  ['Service', ['activeService']],
  ['Service', ['previewService']],
  ['TraefikService', ['trafficRouting', 'traefik', 'weightedTraefikServiceName']],
  ['VirtualService', ['trafficRouting', 'istio', 'virtualService', 'name']],
  ['DestinationRule', ['trafficRouting', 'istio', 'destinationRule', 'name']],
];

function routers(from: DesiredObject, world: ObjectIndex): Link[] {
  const strategies = valueAt(from.fields, ['spec', 'strategy']);
  const strategy = valueAt(strategies, ['canary']) ?? valueAt(strategies, ['blueGreen']);
  return ROUTERS.map(([kind, path]) => ({ kind, name: valueAt(strategy, path) }))
    .filter(({ name }) => name !== undefined)
    .map(({ kind, name }) => ({
      ...{ from, kind: 'Rollout -> router', says: 'shifts the requests of a release by' },
      end: there(kind, from, name, world),
    }));
}

function analyses(from: DesiredObject, world: ObjectIndex): Link[] {
  const strategy = valueAt(from.fields, ['spec', 'strategy']);
  const steps = listAt(strategy, ['canary', 'steps']).map((step) => valueAt(step, ['analysis']));
  const others = [
    valueAt(strategy, ['canary', 'analysis']),
    valueAt(strategy, ['blueGreen', 'prePromotionAnalysis']),
    valueAt(strategy, ['blueGreen', 'postPromotionAnalysis']),
  ];
  const templates = [...steps, ...others].flatMap((analysis) => listAt(analysis, ['templates']));
  const own = templates.filter((template) => valueAt(template, ['clusterScope']) !== true);
  return [...new Set(own.map((template) => valueAt(template, ['templateName'])))].map((name) => ({
    ...{ from, kind: 'Rollout -> AnalysisTemplate', says: 'lets a release be judged by' },
    end: there('AnalysisTemplate', from, name, world),
  }));
}

function measured(from: DesiredObject, metric: unknown, world: ObjectIndex): Link[] {
  const provider = valueAt(metric, ['provider', 'prometheus']);
  // An argument is filled in later; until then it is no PromQL.
  const query = String(valueAt(provider, ['query'])).replaceAll(/\{\{[^}]*\}\}/g, '');
  const address = urlsIn([valueAt(provider, ['address'])]);
  return [
    ...address.map(
      (url): Link => ({
        ...{ from, kind: 'AnalysisTemplate -> Service', says: 'asks' },
        end: serviceEnd(url, world),
      }),
    ),
    ...metricLinks(from, 'AnalysisTemplate -> metric', String(valueAt(metric, ['name'])), query, world),
  ];
}

function route(from: DesiredObject, world: ObjectIndex): Link[] {
  const controller = found(world.chart('traefik'), 'no chart traefik is installed', absent);
  const rules = listAt(from.fields, ['spec', 'routes']);
  return [
    { from, kind: 'IngressRoute -> controller', says: 'is served by', end: controller },
    ...rules.flatMap((rule) =>
      listAt(rule, ['services']).map((service): Link => {
        const [kind, name, namespace, port] = ['kind', 'name', 'namespace', 'port'].map((field) =>
          valueAt(service, [field]),
        );
        const owner = typeof namespace === 'string' ? { ...from, namespace } : from;
        const isService = (kind ?? 'Service') === 'Service';
        return {
          ...{ from, kind: 'IngressRoute -> TraefikService', says: `leads ${valueAt(rule, ['match'])} to` },
          end: isService
            ? serviceAt(owner, String(name), port, world)
            : there(String(kind), owner, name, world),
        };
      }),
    ),
    ...rules.flatMap((rule) => middlewares(from, rule, world)),
  ];
}

const middlewares = (from: DesiredObject, rule: unknown, world: ObjectIndex): Link[] =>
  listAt(rule, ['middlewares']).map((one) => {
    const [name, namespace] = ['name', 'namespace'].map((field) => valueAt(one, [field]));
    const owner = typeof namespace === 'string' ? { ...from, namespace } : from;
    const end = there('Middleware', owner, name, world);
    return { from, kind: 'IngressRoute -> Middleware', says: 'passes requests through', end };
  });

/** `api.api.svc.cluster.local`, and the subset that a DestinationRule must have. */
function virtualShare(from: DesiredObject, destination: unknown, world: ObjectIndex): Link {
  const host = String(valueAt(destination, ['host']));
  const subset = valueAt(destination, ['subset']);
  const [name = '', namespace = from.namespace ?? ''] = host.split('.');
  const number = valueAt(destination, ['port', 'number']);
  const rule = world
    .ofKind('DestinationRule')
    .find(({ fields }) => valueAt(fields, ['spec', 'host']) === host);
  const subsets = listAt(rule?.fields, ['spec', 'subsets']).map((one) => valueAt(one, ['name']));
  const service = /^[\w-]+(\.[\w-]+(\.svc.*)?)?$/.test(host)
    ? serviceEnd({ name, namespace, port: typeof number === 'number' ? number : undefined }, world)
    : outside(host);
  if (subset === undefined)
    return { from, kind: 'VirtualService -> Service', says: 'leads to', end: service };
  return {
    ...{ from, kind: 'VirtualService -> Service', says: `leads a share to the subset ${subset} of` },
    end: subsets.includes(subset) || service.kind === 'broken' ? service : noSubset(rule, subset, host),
  };
}

const noSubset = (rule: DesiredObject | undefined, subset: unknown, host: string): End =>
  rule === undefined ? broken(`no DestinationRule is of ${host}`) : broken(`no subset ${subset} of ${host}`);
