import { type DesiredObject, isFields, valueAt } from '../../manifests/objects.ts';
import type { Case, Rule } from './ranks.ts';

/**
 * What a changed CustomResourceDefinition does to the objects that are stored.
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
 */
export const definitions: readonly Rule[] = [
  {
    kinds: ['CustomResourceDefinition'],
    at: ['spec.versions.*.schema'],
    when: dropsField,
    rank: 'data-loss',
    reason: 'a field that the schema no longer has is pruned from stored objects',
  },
  {
    kinds: ['CustomResourceDefinition'],
    at: ['spec.versions.*.served'],
    when: ({ leaf }) => leaf.after === false,
    rank: 'prune',
    reason: 'the API server no longer serves the version: its clients get 404, its objects stay',
  },
  {
    kinds: ['CustomResourceDefinition'],
    at: ['spec.conversion'],
    when: ({ after }) => (valueAt(after.fields, ['spec', 'conversion', 'strategy']) ?? 'None') === 'None',
    rank: 'data-loss',
    reason: 'versions are no longer converted: fields that the other version has not are pruned',
  },
  {
    kinds: ['CustomResourceDefinition'],
    at: ['spec.versions.*.storage'],
    rank: 'config',
    reason: 'objects are stored in another version from their next write on',
  },
];

/** Where nothing is pruned, or the whole version goes, a field that is not described is not lost. */
function dropsField({ leaf, after }: Case): boolean {
  const name = /versions\[([^\]]+)\]/.exec(leaf.path)?.[1];
  const version = versionsOf(after).find((one) => valueAt(one, ['name']) === name);
  if (version === undefined || leaf.after !== undefined) return false;
  return isPruned(valueAt(version, ['schema']), leaf.steps.slice(4));
}

function versionsOf({ fields }: DesiredObject): readonly unknown[] {
  const versions = valueAt(fields, ['spec', 'versions']);
  return Array.isArray(versions) ? versions : [];
}

/** Whether a property on the way is gone, and none above it preserves what it does not know. */
function isPruned(schema: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined || !isFields(schema) || schema['x-kubernetes-preserve-unknown-fields'] === true)
    return false;
  const [name = '', ...below] = rest;
  if (step !== 'properties') return isPruned(schema[step], rest);
  const property = valueAt(schema, ['properties', name]);
  return property === undefined || isPruned(property, below);
}
