import { titleOf, valueAt } from '../../manifests/objects.ts';
import { listAt } from '../../manifests/references.ts';
import { broken, type End, found, outside, toObject } from './links.ts';
import type { World } from './world.ts';

/** A Service as another pod reaches it. */
export interface ServiceUrl {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
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

/** The Service behind a URL; one of a chart is known by its namespace alone. */
export function serviceEnd({ name, namespace, port }: ServiceUrl, world: World): End {
  const service = world.named('Service', namespace, name);
  if (service === undefined) return chartService(name, namespace, world);
  const ports = listAt(service.fields, ['spec', 'ports']).map((one) => valueAt(one, ['port']));
  return ports.includes(port)
    ? toObject(service)
    : broken(`${titleOf(service)} has no port ${port}; it has ${ports.join(', ')}`);
}

/** A Service that is no object of dist/: of a chart in its namespace, named after the release or not. */
export function chartService(name: string, namespace: string | undefined, world: World): End {
  const missing = `Service ${namespace}/${name} is not there, and no chart is installed in ${namespace}`;
  const charts = world.chartsIn(namespace);
  const chart = charts.find((one) => name.startsWith(one.name)) ?? charts[0];
  return chart === undefined
    ? found(undefined, missing)
    : outside(`Service ${namespace}/${name} of the chart ${chart.name}`);
}
