import { type DesiredObject, isFields, titleOf, valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf } from '../../manifests/references.ts';
import type { Case, Rule } from './findings.ts';
import { rolloutOf } from './rollouts.ts';
import { acting, syncOptions } from './rules-actors.ts';

/** Labels and annotations that a controller acts on, and those that only people read. */
export const metadata: readonly Rule[] = [
  { at: ['apiVersion'], rank: 'config', reason: 'asked for in another API version' },
  {
    kinds: ['Namespace'],
    at: ['metadata.labels'],
    when: keyStartsWith('pod-security.kubernetes.io/'),
    rank: 'config',
    reason: 'Pod Security admits other pods',
  },
  {
    kinds: ['Namespace'],
    at: ['metadata.labels'],
    when: ({ leaf, after }) =>
      leaf.steps[2] === 'kubernetes.io/metadata.name' &&
      [leaf.before ?? after.name, leaf.after ?? after.name].every((value) => value === after.name),
    rank: 'no-op',
    reason: 'the API server sets this label itself',
  },
  ...acting,
  ...syncOptions,
  {
    at: ['metadata.ownerReferences'],
    rank: 'config',
    reason: 'the garbage collector deletes it with another owner, or with none',
  },
  {
    at: ['metadata.labels'],
    when: ({ leaf, before, references }) => references.isSelected(before.environment, leaf.steps[2] ?? ''),
    rank: 'config',
    reason: 'a selector asks for this label',
  },
  { at: ['metadata.labels'], rank: 'metadata', reason: 'no selector asks for this label' },
  {
    at: ['metadata.annotations'],
    when: keyStartsWith('argocd.argoproj.io/'),
    rank: 'config',
    reason: 'Argo CD treats the object otherwise',
  },
  {
    kinds: ['Ingress', 'IngressClass', 'Service', 'ServiceAccount', 'Gateway', 'HTTPRoute', 'StorageClass'],
    at: ['metadata.annotations'],
    rank: 'config',
    reason: 'a controller is configured by annotations of this kind',
  },
  { at: ['metadata.annotations'], rank: 'metadata', reason: 'annotation' },
  {
    kinds: ['Application.argoproj.io'],
    at: ['metadata.finalizers'],
    rank: 'config',
    reason: 'whether its objects go when the Application is deleted',
  },
];

function keyStartsWith(prefix: string): (one: Case) => boolean {
  return ({ leaf }) => leaf.steps[2]?.startsWith(prefix) ?? false;
}

const CLAIMS = [
  'spec.template.spec.volumes.*.persistentVolumeClaim',
  'spec.template.spec.volumes.*.emptyDir',
];

/** The volume that a leaf is about, as it is in one revision. */
function volumeIn(fields: Case['before'], { leaf }: Case): unknown {
  const name = /volumes\[([^\]]+)\]/.exec(leaf.path)?.[1];
  return listAt(podSpecOf(fields), ['volumes']).find((one) => valueAt(one, ['name']) === name);
}

const claimIn = (volume: unknown): unknown => valueAt(volume, ['persistentVolumeClaim', 'claimName']);

/** Whether pods stored in a claim and no longer do. */
function forgets(one: Case): boolean {
  const after = volumeIn(one.after, one);
  const isTemporary = isFields(after) && (after.emptyDir !== undefined || Object.keys(after).length === 1);
  return claimIn(volumeIn(one.before, one)) !== undefined && isTemporary;
}

/** Where pods store: a claim keeps what they wrote, an emptyDir goes with each of them. */
export const volumes: readonly Rule[] = [
  {
    at: CLAIMS,
    when: forgets,
    rank: 'data-loss',
    reason: (one) =>
      `${rolloutOf(one.after)}; what its pods write goes with each of them (emptyDir), and claim ${claimIn(volumeIn(one.before, one))} keeps what it has`,
  },
  {
    at: CLAIMS,
    when: (one) =>
      [one.before, one.after].every((object) => claimIn(volumeIn(object, one)) !== undefined) &&
      claimIn(volumeIn(one.before, one)) !== claimIn(volumeIn(one.after, one)),
    rank: 'config',
    reason: (one) =>
      `${rolloutOf(one.after)}; ${titleOf(one.after)} stores in claim ${claimIn(volumeIn(one.after, one))}, and claim ${claimIn(volumeIn(one.before, one))} keeps what it has`,
  },
];

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
