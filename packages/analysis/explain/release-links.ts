import { type DesiredObject, valueAt } from '../../manifests/objects.ts';
import { listAt } from '../../manifests/references.ts';
import { broken, type End, found, type Link } from './links.ts';
import { metricLinks } from './metric-links.ts';
import { certified, serviceAt } from './traffic-links.ts';
import { serviceEnd, urlsIn } from './urls.ts';
import type { World } from './world.ts';

/** How a new version takes over: who splits the requests, and who judges them. */
export function releaseLinks(from: DesiredObject, world: World): Link[] {
  switch (from.kind) {
    case 'Rollout':
      return [...routers(from, world), ...judges(from, world)];
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
        .map((share) => virtualShare(from, valueAt(share, ['destination']), world));
    case 'Certificate':
      return [
        certified(
          from,
          'Certificate -> ClusterIssuer',
          valueAt(from.fields, ['spec', 'issuerRef', 'name']),
          world,
        ),
      ];
    default:
      return [];
  }
}

const there = (kind: string, { namespace }: DesiredObject, name: unknown, world: World): End =>
  found(world.named(kind, namespace, name), `${kind} ${namespace}/${name} is not there`);

/** Where a strategy names what it writes the shares into. */
const ROUTERS: readonly (readonly [string, readonly string[]])[] = [
  ['Service', ['stableService']],
  ['Service', ['canaryService']],
  ['TraefikService', ['trafficRouting', 'traefik', 'weightedTraefikServiceName']],
  ['VirtualService', ['trafficRouting', 'istio', 'virtualService', 'name']],
  ['DestinationRule', ['trafficRouting', 'istio', 'destinationRule', 'name']],
];

function routers(from: DesiredObject, world: World): Link[] {
  const strategy = valueAt(from.fields, ['spec', 'strategy', 'canary']);
  return ROUTERS.map(([kind, path]) => ({ kind, name: valueAt(strategy, path) }))
    .filter(({ name }) => name !== undefined)
    .map(({ kind, name }) => ({
      ...{ from, kind: 'Rollout -> router', says: 'shifts the requests of a release by' },
      end: there(kind, from, name, world),
    }));
}

function judges(from: DesiredObject, world: World): Link[] {
  const names = listAt(from.fields, ['spec', 'strategy', 'canary', 'steps'])
    .flatMap((step) => listAt(step, ['analysis', 'templates']))
    .map((template) => valueAt(template, ['templateName']));
  return [...new Set(names)].map((name) => ({
    ...{ from, kind: 'Rollout -> AnalysisTemplate', says: 'lets a release be judged by' },
    end: there('AnalysisTemplate', from, name, world),
  }));
}

function measured(from: DesiredObject, metric: unknown, world: World): Link[] {
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

function route(from: DesiredObject, world: World): Link[] {
  const controller = found(world.chart('traefik'), 'no chart traefik is installed');
  const rules = listAt(from.fields, ['spec', 'routes']);
  return [
    { from, kind: 'IngressRoute -> controller', says: 'is served by', end: controller },
    ...rules.flatMap((rule) =>
      listAt(rule, ['services']).map((service): Link => {
        const [kind = '', name] = ['kind', 'name'].map((field) => String(valueAt(service, [field])));
        return {
          ...{ from, kind: 'IngressRoute -> TraefikService', says: `leads ${valueAt(rule, ['match'])} to` },
          end: there(kind, from, name, world),
        };
      }),
    ),
  ];
}

/** `api.api.svc.cluster.local`, and the subset that a DestinationRule must have. */
function virtualShare(from: DesiredObject, destination: unknown, world: World): Link {
  const [host, subset] = ['host', 'subset'].map((field) => String(valueAt(destination, [field])));
  const [name = '', namespace = ''] = host?.split('.') ?? [];
  const port = Number(valueAt(destination, ['port', 'number']));
  const rule = world
    .ofKind('DestinationRule')
    .find(({ fields }) => valueAt(fields, ['spec', 'host']) === host);
  const subsets = listAt(rule?.fields, ['spec', 'subsets']).map((one) => valueAt(one, ['name']));
  const service = serviceEnd({ name, namespace, port }, world);
  return {
    ...{ from, kind: 'VirtualService -> Service', says: `leads a share to the subset ${subset} of` },
    end: subsets.includes(subset) || service.kind === 'broken' ? service : noSubset(rule, subset, host),
  };
}

const noSubset = (rule: DesiredObject | undefined, subset?: string, host?: string): End =>
  rule === undefined ? broken(`no DestinationRule is of ${host}`) : broken(`no subset ${subset} of ${host}`);
