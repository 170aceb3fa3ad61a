import type { Case, Rule } from './ranks.ts';
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
