import { checkTree, parseYaml } from './yaml.ts';

const DOCUMENT = /^ConfigMap\.data\..*\.(json|ya?ml)$/;

/** The documents in two values of a ConfigMap, where both hold one: then their own leaves tell what changed. */
export function embedded(
  place: string,
  before: unknown,
  after: unknown,
): readonly [object, object] | undefined {
  const format = DOCUMENT.exec(place)?.[1];
  if (format === undefined || typeof before !== 'string' || typeof after !== 'string') return undefined;
  const [one, other] = [before, after].map((text) => documentOf(format, text));
  return one === undefined || other === undefined ? undefined : [one, other];
}

function documentOf(format: string, text: string): object | undefined {
  try {
    const [value, ...others] = format === 'json' ? [parseJson(text)] : parseYaml(text);
    return typeof value === 'object' && value !== null && others.length === 0 ? value : undefined;
  } catch {
    return undefined; // Its reader will refuse it; the diff shows it as text.
  }
}

function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  checkTree(value);
  return value;
}
