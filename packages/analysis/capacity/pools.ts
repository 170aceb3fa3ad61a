import { type Fields, isFields, valueAt } from '../../manifests/objects.ts';
import { listAt } from '../../manifests/references.ts';

/** The pool of pods that may run on every node. */
export const ANY_POOL = 'any';

/**
 * The nodes that pods may run on, in words: what a node must have (`nodeSelector`, required affinity) and which
 * taints do not keep the pods off.
 */
export function poolOf(spec: Fields): string {
  const selector = isFields(spec.nodeSelector) ? spec.nodeSelector : {};
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const wants = [...labels.sort(), ...affinityOf(spec)].join(', ');
  const tolerated = listAt(spec, ['tolerations']).map(taintOf).sort().join(', ');
  const place = wants === '' ? ANY_POOL : wants;
  return tolerated === '' ? place : `${place} (tolerates ${tolerated})`;
}

/** Terms are alternatives, and what is in one must all hold. */
function affinityOf(spec: Fields): string[] {
  const required = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];
  const terms = listAt(spec, [...required, 'nodeSelectorTerms']).map((term) =>
    [...listAt(term, ['matchExpressions']), ...listAt(term, ['matchFields'])].map(expressionOf).join(' and '),
  );
  return terms.length === 0 ? [] : [terms.join(' or ')];
}

function expressionOf(expression: unknown): string {
  const [key, operator] = ['key', 'operator'].map((field) => String(valueAt(expression, [field])));
  const values = listAt(expression, ['values']).map(String);
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  return values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(', ')})`;
}

function taintOf(toleration: unknown): string {
  const [key, value, effect] = ['key', 'value', 'effect'].map((field) => valueAt(toleration, [field]));
  const taint = key === undefined ? 'every taint' : value === undefined ? String(key) : `${key}=${value}`;
  return effect === undefined ? taint : `${taint}:${effect}`;
}
