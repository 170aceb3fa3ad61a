import { type DesiredObject, type Fields, isFields, valueAt } from '../../manifests/objects.ts';
import { listAt, podLabelsOf, podSpecOf } from '../../manifests/references.ts';

/** A Secret that is made before the first sync. */
export interface PremadeSecret {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
}

/** What objects lean on and dist/ does not hold. */
export interface Outside {
  readonly secrets: readonly PremadeSecret[];
  /** Image -> the folder below services/ that it is built from; undefined where others build it. */
  readonly images: ReadonlyMap<string, string | undefined>;
  /** What the names of this repository's own images begin with. */
  readonly registry: string;
}

/** Everything there is in one environment, to look things up. */
export class World {
  readonly objects: readonly DesiredObject[];
  readonly outside: Outside;

  constructor(objects: readonly DesiredObject[], outside: Outside) {
    this.objects = objects;
    this.outside = outside;
  }

  named(kind: string, namespace: string | undefined, name: unknown): DesiredObject | undefined {
    return this.objects.find((one) => one.kind === kind && one.namespace === namespace && one.name === name);
  }

  ofKind(kind: string): DesiredObject[] {
    return this.objects.filter((one) => one.kind === kind);
  }

  /** The workloads of a namespace whose pods a selector selects. */
  podsIn(namespace: string | undefined, selector: unknown): DesiredObject[] {
    return this.objects.filter(
      (one) =>
        one.namespace === namespace && podSpecOf(one) !== undefined && selects(selector, podLabelsOf(one)),
    );
  }

  /** The Application that installs a chart by this name. */
  chart(name: string): DesiredObject | undefined {
    return this.#charts().find((one) => one.name === name);
  }

  /** The Applications that install charts in a namespace. */
  chartsIn(namespace: string | undefined): DesiredObject[] {
    return this.#charts().filter(
      ({ fields }) => valueAt(fields, ['spec', 'destination', 'namespace']) === namespace,
    );
  }

  /** The Application that syncs the folder of an object. */
  delivering({ environment, application }: DesiredObject): DesiredObject | undefined {
    const folder = `dist/${environment}/${application}`;
    return this.ofKind('Application').find(
      ({ fields }) => valueAt(fields, ['spec', 'source', 'path']) === folder,
    );
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

  #charts(): DesiredObject[] {
    return this.ofKind('Application').filter(
      ({ fields }) => valueAt(fields, ['spec', 'source', 'chart']) !== undefined,
    );
  }
}

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

/** Whether a label selector selects; `{}` selects everything, none selects nothing. */
export function selects(selector: unknown, labels: Fields): boolean {
  if (!isFields(selector)) return false;
  const exact = isFields(selector.matchLabels) ? Object.entries(selector.matchLabels) : [];
  return (
    exact.every(([key, value]) => labels[key] === value) &&
    listAt(selector, ['matchExpressions']).every((one) => holds(one, labels))
  );
}

function holds(expression: unknown, labels: Fields): boolean {
  const value = labels[String(valueAt(expression, ['key']))];
  const values = listAt(expression, ['values']);
  switch (valueAt(expression, ['operator'])) {
    case 'In':
      return values.includes(value);
    case 'NotIn':
      return !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
