import { type DesiredObject, isFields, valueAt } from '../../manifests/objects.ts';
import type { Case, Rule } from './ranks.ts';
import { optionEffect } from './rules-actors.ts';

const application = { kinds: ['Application.argoproj.io'] };
const AUTOMATED = { ...application, at: ['spec.syncPolicy.automated'] };

/** @see https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/ */
function isAutomated({ fields }: DesiredObject): boolean {
  const automated = valueAt(fields, ['spec', 'syncPolicy', 'automated']);
  return isFields(automated) && automated.enabled !== false;
}

const field =
  (name: string) =>
  ({ leaf }: Case): boolean =>
    leaf.steps.at(-1) === name;

const either =
  (yes: string, no: string) =>
  ({ leaf }: Case): string =>
    leaf.after === true ? yes : no;

/** When and how Argo CD syncs the objects of an Application. */
export const syncing: readonly Rule[] = [
  {
    ...AUTOMATED,
    when: ({ before, after }) => isAutomated(before) && !isAutomated(after),
    rank: 'config',
    reason: 'Argo CD no longer syncs it automatically: changes wait until someone syncs it',
  },
  {
    ...AUTOMATED,
    when: ({ before, after }) => !isAutomated(before) && isAutomated(after),
    rank: 'config',
    reason: 'Argo CD syncs it automatically from now on, whatever waits for a sync included',
  },
  {
    ...AUTOMATED,
    when: field('prune'),
    rank: 'config',
    reason: either(
      'an automatic sync deletes what is removed here, whatever was removed before included',
      'what is removed here stays in the cluster: an automatic sync does not prune it',
    ),
  },
  {
    ...AUTOMATED,
    when: field('selfHeal'),
    rank: 'config',
    reason: either(
      'Argo CD undoes what others change in the cluster',
      'what others change in the cluster stays until the next sync',
    ),
  },
  {
    ...application,
    at: ['spec.syncPolicy.syncOptions'],
    when: ({ leaf }) => optionEffect(leaf.before, leaf.after)?.rank === 'recreate',
    rank: 'recreate',
    reason: ({ leaf }) => `all its objects: ${optionEffect(leaf.before, leaf.after)?.reason}`,
  },
  {
    ...application,
    at: ['spec.syncPolicy.syncOptions'],
    rank: 'config',
    reason: ({ leaf }) =>
      `all its objects: ${optionEffect(leaf.before, leaf.after)?.reason ?? 'Argo CD syncs them otherwise'}`,
  },
  {
    ...application,
    at: ['spec.ignoreDifferences'],
    rank: 'config',
    reason: 'what Argo CD takes for a difference',
  },
  {
    kinds: ['AppProject.argoproj.io'],
    at: ['spec.syncWindows'],
    rank: 'config',
    reason: 'when Argo CD may sync',
  },
];
