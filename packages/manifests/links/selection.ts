import { type DesiredObject, type Fields, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';

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

const pair = (namespace: string | undefined, key: string, value: unknown): string =>
  `${namespace ?? ''} ${key}=${value}`;

/** Objects by a label that each has, so that a selector need not look at all of them. */
export class ByLabels {
  readonly #all: ReadonlyMap<string, DesiredObject[]>;
  readonly #pairs: ReadonlyMap<string, DesiredObject[]>;
  readonly #labelsOf: (object: DesiredObject) => Fields;

  constructor(objects: readonly DesiredObject[], labelsOf: (object: DesiredObject) => Fields) {
    this.#labelsOf = labelsOf;
    this.#all = Map.groupBy(objects, ({ namespace = '' }) => namespace);
    const entries = objects.flatMap((object) =>
      Object.entries(labelsOf(object)).map(([key, value]) => ({
        at: pair(object.namespace, key, value),
        object,
      })),
    );
    const groups = Map.groupBy(entries, ({ at }) => at);
    this.#pairs = new Map([...groups].map(([at, found]) => [at, found.map(({ object }) => object)]));
  }

  /** Those of a namespace. */
  in(namespace: string | undefined): readonly DesiredObject[] {
    return this.#all.get(namespace ?? '') ?? [];
  }

  /** Those of a namespace that a selector selects. */
  selected(namespace: string | undefined, selector: unknown): DesiredObject[] {
    const [first] = Object.entries(valueAt(selector, ['matchLabels']) ?? {});
    const some =
      first === undefined ? this.in(namespace) : (this.#pairs.get(pair(namespace, ...first)) ?? []);
    return some.filter((one) => selects(selector, this.#labelsOf(one)));
  }
}

/** Objects by a label that each selects, so that pods need not ask all of them. */
export class BySelectors {
  readonly #open: ReadonlyMap<string, DesiredObject[]>;
  readonly #pairs: ReadonlyMap<string, DesiredObject[]>;
  readonly #selectorOf: (object: DesiredObject) => unknown;

  constructor(objects: readonly DesiredObject[], selectorOf: (object: DesiredObject) => unknown) {
    this.#selectorOf = selectorOf;
    const firstOf = (object: DesiredObject): [string, unknown] | undefined =>
      Object.entries(valueAt(selectorOf(object), ['matchLabels']) ?? {})[0];
    this.#open = Map.groupBy(
      objects.filter((one) => firstOf(one) === undefined),
      ({ namespace = '' }) => namespace,
    );
    const narrow = objects.flatMap((object) => {
      const first = firstOf(object);
      return first === undefined ? [] : [{ at: pair(object.namespace, ...first), object }];
    });
    const groups = Map.groupBy(narrow, ({ at }) => at);
    this.#pairs = new Map([...groups].map(([at, found]) => [at, found.map(({ object }) => object)]));
  }

  /** Those of a namespace that select pods with these labels. */
  selecting(namespace: string | undefined, labels: Fields): DesiredObject[] {
    const narrow = Object.entries(labels).flatMap(
      ([key, value]) => this.#pairs.get(pair(namespace, key, value)) ?? [],
    );
    return [...(this.#open.get(namespace ?? '') ?? []), ...narrow].filter((one) =>
      selects(this.#selectorOf(one), labels),
    );
  }
}
