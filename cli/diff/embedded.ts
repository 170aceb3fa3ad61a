import { parse } from 'yaml';

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
    const value: unknown = format === 'json' ? JSON.parse(text) : parse(text, { logLevel: 'error' });
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // Whoever reads it will say so; to us it is text.
  }
}
