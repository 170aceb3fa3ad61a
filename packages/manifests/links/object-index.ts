import { type DesiredObject, type Fields, isFields, valueAt } from '../objects.ts';
import { listAt, podLabelsOf, podSpecOf } from '../references.ts';
import { folderOf, sourcesIn } from '../scope.ts';
import { ByLabels, BySelectors, selects } from './selection.ts';

/** A Secret that is made before the first sync. */
export interface PremadeSecret {
  readonly namespace: string;
  readonly name: string;
  /** Undefined: not known. */
  readonly keys: readonly string[] | undefined;
}

/** What objects lean on and dist/ does not hold. */
export interface ExternalResources {
  readonly secrets: readonly PremadeSecret[];
  /** Services of another revision as `<namespace>/<name>`: what names one in a variable means it. @default none */
  readonly services?: ReadonlySet<string>;
  /** Image -> the folder below services/ that it is built from; undefined where others build it. */
  readonly images: ReadonlyMap<string, string | undefined>;
  /** What the names of this repository's own images begin with; undefined: every image may be of others. */
  readonly registry: string | undefined;
}

/** Where only the objects themselves are known: two revisions of dist/. */
export const unknownExternalResources: ExternalResources = {
  secrets: [],
  images: new Map(),
  registry: undefined,
};

/** Everything there is in one environment, to look things up. */
export class ObjectIndex {
  readonly objects: readonly DesiredObject[];
  readonly outside: ExternalResources;
  readonly #kinds: ReadonlyMap<string, DesiredObject[]>;
  readonly #names: ReadonlyMap<string, DesiredObject>;
  readonly #workloads: ByLabels;
  readonly #policies: BySelectors;
  readonly #operated: ReadonlySet<string>;
  readonly #namespaces: ReadonlySet<string>;
  readonly #syncs: ReadonlyMap<string, DesiredObject>;
  readonly #charts: readonly DesiredObject[];
  readonly #images: readonly (readonly [DesiredObject, readonly string[]])[];

  constructor(objects: readonly DesiredObject[], outside: ExternalResources) {
    this.objects = objects;
    this.outside = outside;
    this.#kinds = Map.groupBy(objects, ({ kind }) => kind);
    this.#names = new Map(
      objects.toReversed().map((one) => [nameKey(one.kind, one.namespace, one.name), one]),
    );
    const workloads = objects.filter((one) => podSpecOf(one) !== undefined);
    this.#images = workloads.map((one) => [one, imagesOf(one)]);
    this.#charts = this.ofKind('Application').filter(({ fields }) =>
      sourcesIn(fields).some((source) => folderOf(valueAt(source, ['path'])) === undefined),
    );
    this.#workloads = new ByLabels(workloads, podLabelsOf);
    this.#policies = new BySelectors(
      this.ofKind('NetworkPolicy'),
      ({ fields }) => valueAt(fields, ['spec', 'podSelector']) ?? {},
    );
    this.#syncs = new Map(
      this.ofKind('Application').flatMap((one) =>
        sourcesIn(one.fields).flatMap((source) => {
          const folder = folderOf(valueAt(source, ['path']));
          return folder === undefined ? [] : [[folder, one] as const];
        }),
      ),
    );
    this.#namespaces = new Set(objects.map(({ namespace = '' }) => namespace));
    this.#operated = new Set(objects.filter(isOperated).map(({ namespace = '' }) => namespace));
  }

  named(kind: string, namespace: string | undefined, name: unknown): DesiredObject | undefined {
    return this.#names.get(nameKey(kind, namespace, String(name)));
  }

  ofKind(kind: string): readonly DesiredObject[] {
    return this.#kinds.get(kind) ?? [];
  }

  /** What makes pods in a namespace. */
  workloadsIn(namespace: string | undefined): readonly DesiredObject[] {
    return this.#workloads.in(namespace);
  }

  /** The workloads of a namespace whose pods a selector selects. */
  podsIn(namespace: string | undefined, selector: unknown): DesiredObject[] {
    return this.#workloads.selected(namespace, selector);
  }

  /** The workloads with a container of such an image. */
  running(isWanted: (image: string) => boolean): DesiredObject[] {
    return this.#images.flatMap(([one, images]) => (images.some(isWanted) ? [one] : []));
  }

  /** The NetworkPolicies that select pods. */
  policiesOf(namespace: string | undefined, labels: Fields): DesiredObject[] {
    return this.#policies.selecting(namespace, labels);
  }

  /** The Application that installs a chart by this name. */
  chart(name: string): DesiredObject | undefined {
    return this.#charts.find((one) => one.name === name);
  }

  /** The pods of a chart by its usual labels; undefined where it is not installed. @param name What its pods are called. */
  podsOfChart(chart: string, name = chart): { namespace: string; labels: Fields } | undefined {
    const namespace = valueAt(this.chart(chart)?.fields, ['spec', 'destination', 'namespace']);
    return typeof namespace === 'string'
      ? { namespace, labels: { 'app.kubernetes.io/name': name } }
      : undefined;
  }

  /** The Applications that install charts, or what else is no folder of dist/, in a namespace. */
  chartsIn(namespace: string | undefined): DesiredObject[] {
    return this.#charts.filter(
      ({ fields }) => valueAt(fields, ['spec', 'destination', 'namespace']) === namespace,
    );
  }

  /** Whether dist/ holds anything of a namespace. */
  knows(namespace: string | undefined): boolean {
    return this.#namespaces.has(namespace ?? '');
  }

  /** Whether a namespace may hold objects that are not in dist/: a chart's, or those that an operator makes. */
  isOpen(namespace: string | undefined): boolean {
    return this.chartsIn(namespace).length > 0 || this.#operated.has(namespace ?? '');
  }

  /** The Application that syncs the folder of an object. */
  delivering({ environment, application }: DesiredObject): DesiredObject | undefined {
    const folder = `dist/${environment}/${application}`;
    return this.ofKind('Application').find(
      ({ fields }) => valueAt(fields, ['spec', 'source', 'path']) === folder,
    );
  }

  /** The Application one of whose sources is the folder of an object, or one above it. */
  syncing({ environment, application }: DesiredObject): DesiredObject | undefined {
    const parts = `${environment}/${application}`.split('/');
    const folders = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
    return folders.map((folder) => this.#syncs.get(folder)).find((found) => found !== undefined);
  }

  /** The ServiceMonitors that lead to the pods of a workload. */
  monitorsOf(workload: DesiredObject): DesiredObject[] {
    const services = this.ofKind('Service').filter(
      ({ namespace, fields }) =>
        namespace === workload.namespace &&
        selects(plain(valueAt(fields, ['spec', 'selector'])), podLabelsOf(workload)),
    );
    return this.ofKind('ServiceMonitor').filter((monitor) =>
      services.some((service) => monitors(monitor, service)),
    );
  }
}

const imagesOf = (workload: DesiredObject): string[] =>
  listAt(podSpecOf(workload), ['containers']).map((one) => String(valueAt(one, ['image'])));

/** Custom kinds of which no operator makes a pod, a Service or a Secret under a name of its own. */
const PLAIN_KINDS = new Set(
  `ServiceMonitor PodMonitor PrometheusRule Probe ScrapeConfig AlertmanagerConfig ExternalSecret SecretStore Certificate
  Issuer ClusterIssuer Bundle Application AppProject ApplicationSet AnalysisTemplate Rollout IngressRoute IngressRouteTCP Middleware
  TraefikService ServersTransport TLSOption VirtualService DestinationRule ServiceEntry AuthorizationPolicy
  PeerAuthentication RequestAuthentication Sidecar ScaledObject ScaledJob TriggerAuthentication SealedSecret
  VerticalPodAutoscaler`.split(/\s+/),
);

const isOperated = ({ kind, group }: DesiredObject): boolean =>
  group.includes('.') && !group.endsWith('.k8s.io') && !PLAIN_KINDS.has(kind);

const nameKey = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

/** A Service's selector, as others write theirs; without one it selects nothing. */
export const plain = (selector: unknown): unknown =>
  isFields(selector) ? { matchLabels: selector } : undefined;

/** Whether a ServiceMonitor finds a Service. */
export function monitors({ namespace, fields }: DesiredObject, service: DesiredObject): boolean {
  const spec = valueAt(fields, ['spec']);
  const any = valueAt(spec, ['namespaceSelector', 'any']) === true;
  const names = listAt(spec, ['namespaceSelector', 'matchNames']);
  const here = names.length === 0 ? service.namespace === namespace : names.includes(service.namespace);
  const labels = valueAt(service.fields, ['metadata', 'labels']);
  return (any || here) && selects(valueAt(spec, ['selector']), isFields(labels) ? labels : {});
}
