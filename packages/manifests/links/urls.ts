import { titleOf, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { absent, broken, type End, outside, toObject } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
import { makerByName } from './operators.ts';

/** A Service as another pod reaches it. */
export interface ServiceUrl {
  readonly name: string;
  readonly namespace: string;
  /** Undefined: whatever port the Service has. */
  readonly port: number | undefined;
}

const FORM = /\b([a-z][\w+.-]*):\/\/(?:[^\s/@]*@)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z.]+)?(?::(\d+))?/g;
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, amqp: 5672, amqps: 5671 };

/** The Services whose URLs stand in texts, each once. */
export function urlsIn(texts: readonly unknown[]): ServiceUrl[] {
  const all = texts
    .filter((text) => typeof text === 'string')
    .flatMap((text) => [...text.matchAll(FORM)])
    .map(([, scheme = '', name = '', namespace = '', port]) => ({
      name,
      namespace,
      port: port === undefined ? (PORTS[scheme] ?? 80) : Number(port),
    }));
  return [...new Map(all.map((url) => [JSON.stringify(url), url])).values()];
}

/** The scheme's default port, the Service, and the namespace where it is not the pod's own. */
const HOST = /^(?:([a-z][\w+.-]*):\/\/(?:[^\s/@]*@)?)?([a-z0-9-]+)(?:\.([a-z0-9-]+))?(?::(\d+))?(?:\/\S*)?$/;

/** A variable whose value is a host. */
const NAMES_HOST = /(^|_)(HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT|BROKER)S?$/i;

/** A variable of a container. */
export interface Variable {
  readonly name: unknown;
  readonly value: unknown;
}

/**
 * The Services that values name without the cluster's domain: `db:5432`, `http://db.shop/`, and `db` where the
 * variable is one of a host. A word that is no Service of either revision is a word.
 */
export const hostsIn = (
  variables: readonly Variable[],
  own: string | undefined,
  world: ObjectIndex,
): ServiceUrl[] =>
  variables.flatMap(({ name, value }) =>
    typeof value === 'string'
      ? value.split(',').flatMap((text) => hostIn(text.trim(), NAMES_HOST.test(String(name)), own, world))
      : [],
  );

function hostIn(text: string, isHost: boolean, own: string | undefined, world: ObjectIndex): ServiceUrl[] {
  const [, scheme, name, namespace = own ?? '', port] = HOST.exec(text) ?? [];
  const isKnown =
    world.named('Service', namespace, name) !== undefined ||
    world.outside.services?.has(`${namespace}/${name}`) === true;
  if (name === undefined || !isKnown || !(isHost || scheme !== undefined || port !== undefined)) return [];
  const usual = scheme === undefined ? undefined : PORTS[scheme];
  return [{ name, namespace, port: port === undefined ? usual : Number(port) }];
}

/** The Service behind a URL; one of a chart is known by its namespace alone. */
export function serviceEnd({ name, namespace, port }: ServiceUrl, world: ObjectIndex): End {
  const service = world.named('Service', namespace, name);
  if (service === undefined) return chartService(name, namespace, world);
  const ports = listAt(service.fields, ['spec', 'ports']).map((one) => valueAt(one, ['port']));
  return port === undefined || ports.includes(port)
    ? toObject(service)
    : broken(`${titleOf(service)} has no port ${port}; it has ${ports.join(', ')}`);
}

/** A Service that is no object of dist/: an operator's, or of a chart in its namespace, named after the release or not. */
export function chartService(name: string, namespace: string | undefined, world: ObjectIndex): End {
  const missing = `Service ${namespace}/${name} is not there, and no chart is installed in ${namespace}`;
  if (namespace === 'default' && name === 'kubernetes') return outside('the API server');
  const maker = makerByName(namespace, name, world);
  if (maker !== undefined) return toObject(maker);
  const charts = world.chartsIn(namespace);
  const chart = charts.find((one) => name.startsWith(one.name)) ?? charts[0];
  if (chart !== undefined) return outside(`Service ${namespace}/${name} of the chart ${chart.name}`);
  return world.knows(namespace) && !world.isOpen(namespace) ? broken(missing) : absent(missing);
}
