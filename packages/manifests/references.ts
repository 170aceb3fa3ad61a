import { onceForFields } from './memo.ts';
import { type DesiredObject, type Fields, isFields, type Snapshot, titleOf, valueAt } from './objects.ts';

/** How a workload takes in a ConfigMap or a Secret. */
export interface Reader {
  readonly workload: DesiredObject;
  /** `mounted`: running pods see a new content; `at-start`: only new pods do. */
  readonly how: 'mounted' | 'at-start';
}

/** What an object's meaning depends on beside itself: both revisions' workloads and selectors. */
export class References {
  readonly #readers = new Map<string, Reader[]>();
  readonly #selected = new Set<string>();
  readonly #takers = new Map<string, DesiredObject>();

  constructor(...snapshots: readonly Snapshot[]) {
    for (const object of snapshots.flatMap(({ objects }) => [...objects.values()])) {
      for (const key of keysAskedFor(object)) this.#selected.add(`${object.environment} ${key}`);
      this.#addTaker(object);
      const spec = podSpecOf(object);
      if (spec !== undefined) this.#addReader(object, spec);
    }
  }

  /** Workloads whose pods read this ConfigMap or Secret, each once. */
  readersOf({ environment, kind, namespace, name }: DesiredObject): readonly Reader[] {
    return this.#readers.get(source(environment, namespace, kind, name)) ?? [];
  }

  /** Whether a selector of the environment asks for this label. */
  isSelected(environment: string, label: string): boolean {
    return this.#selected.has(`${environment} ${label}`);
  }

  /** The Rollout that takes the pods of a workload; the head's where both revisions have one. */
  takerOf({ environment, kind, namespace, name }: DesiredObject): DesiredObject | undefined {
    return this.#takers.get(source(environment, namespace, kind, name));
  }

  #addTaker(object: DesiredObject): void {
    if (object.kind !== 'Rollout') return;
    const [kind, name] = ['kind', 'name'].map((field) =>
      valueAt(object.fields, ['spec', 'workloadRef', field]),
    );
    if (typeof name !== 'string') return;
    this.#takers.set(source(object.environment, object.namespace, String(kind), name), object);
  }

  #addReader(workload: DesiredObject, spec: Fields): void {
    const { environment, namespace } = workload;
    for (const { kind, name, how } of sourcesOf(spec)) {
      const key = source(environment, namespace, kind, name);
      const others = (this.#readers.get(key) ?? []).filter(
        (one) => titleOf(one.workload) !== titleOf(workload),
      );
      this.#readers.set(key, [...others, { workload, how }]);
    }
  }
}

const source = (environment: string, namespace: string | undefined, kind: string, name: string): string =>
  `${environment}/${namespace ?? ''}/${kind}/${name}`;

/** Where the kinds that run pods keep the pod's spec. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ScaledJob: ['spec', 'jobTargetRef', 'template', 'spec'],
};
const templates = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Rollout'];

const podPath = (kind: string): readonly string[] | undefined =>
  (Object.hasOwn(podSpecs, kind) ? podSpecs[kind] : undefined) ??
  (templates.includes(kind) ? ['spec', 'template', 'spec'] : undefined);

/** The spec of the pods that an object makes; undefined where it makes none. */
export function podSpecOf({ kind, fields }: DesiredObject): Fields | undefined {
  const path = podPath(kind);
  const spec = path === undefined ? undefined : valueAt(fields, path);
  return isFields(spec) ? spec : undefined;
}

/** The labels of the pods that an object makes. */
export function podLabelsOf({ kind, fields }: DesiredObject): Fields {
  const labels = valueAt(fields, [...(podPath(kind) ?? []).slice(0, -1), 'metadata', 'labels']);
  return isFields(labels) ? labels : {};
}

/** The annotations of the pods that an object makes. */
export const podAnnotationsOf = ({ kind, fields }: DesiredObject): unknown =>
  valueAt(fields, [...(podPath(kind) ?? []).slice(0, -1), 'metadata', 'annotations']);

/** What a pod reads a ConfigMap or a Secret for. */
export interface Source {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** The keys it names; empty where it takes what there is. */
  readonly keys: readonly string[];
  /** Whether it starts without. */
  readonly optional: boolean;
  readonly how: Reader['how'];
}

/** The ConfigMaps and Secrets that a pod reads, and how. */
export function sourcesOf(spec: Fields): Source[] {
  const containers = ['containers', 'initContainers'].flatMap((field) => listAt(spec, [field]));
  const frozen = containers.flatMap(mountedOnce);
  const mounted = listAt(spec, ['volumes']).flatMap((volume) => {
    const how = frozen.includes(valueAt(volume, ['name'])) ? 'at-start' : 'mounted';
    return inVolume(volume).map((one) => ({ ...one, how }) as const);
  });
  const started = containers.flatMap(inEnvironment).map((one) => ({ ...one, how: 'at-start' }) as const);
  return [...mounted, ...started];
}

/** A file mounted by `subPath` stays as it was when the container started. */
const mountedOnce = (container: unknown): unknown[] =>
  listAt(container, ['volumeMounts'])
    .filter((mount) => isFields(mount) && ('subPath' in mount || 'subPathExpr' in mount))
    .map((mount) => valueAt(mount, ['name']));

const inVolume = (volume: unknown): Omit<Source, 'how'>[] => [
  ...named(volume, 'configMap', '', 'name'),
  ...named(volume, '', 'secret', 'secretName'),
  ...listAt(volume, ['projected', 'sources']).flatMap((one) => named(one, 'configMap', 'secret', 'name')),
];

const inEnvironment = (container: unknown): Omit<Source, 'how'>[] => [
  ...listAt(container, ['envFrom']).flatMap((one) => named(one, 'configMapRef', 'secretRef', 'name')),
  ...listAt(container, ['env']).flatMap((one) =>
    named(valueAt(one, ['valueFrom']), 'configMapKeyRef', 'secretKeyRef', 'name'),
  ),
];

function named(value: unknown, configMap: string, secret: string, field: string): Omit<Source, 'how'>[] {
  const candidates = [
    { kind: 'ConfigMap' as const, reference: valueAt(value, [configMap]) },
    { kind: 'Secret' as const, reference: valueAt(value, [secret]) },
  ];
  return candidates.flatMap(({ kind, reference }) => {
    const [name, key, optional] = [field, 'key', 'optional'].map((one) => valueAt(reference, [one]));
    const items = listAt(reference, ['items']).map((item) => valueAt(item, ['key']));
    const keys = [key, ...items].filter((one) => typeof one === 'string');
    return typeof name === 'string' ? [{ kind, name, keys, optional: optional === true }] : [];
  });
}

/** The list at a path of fields, empty where there is none. */
export const listAt = (value: unknown, path: readonly string[]): readonly unknown[] => {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
};

const keysAskedFor = onceForFields(selectorKeys);

/** Every label that a selector anywhere in a value asks for. */
function selectorKeys(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(selectorKeys);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => labelsAskedFor(key, inner) ?? selectorKeys(inner));
}

/** Undefined where a field is no selector itself. */
function labelsAskedFor(key: string, value: unknown): string[] | undefined {
  if (key === 'matchLabels' && isFields(value)) return Object.keys(value);
  if (key === 'matchExpressions' && Array.isArray(value))
    return value.map((one) => String(valueAt(one, ['key'])));
  const plain = key === 'selector' && isFields(value) && Object.values(value).every(isText);
  return plain ? Object.keys(value) : undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string';
