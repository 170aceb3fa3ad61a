import { type DesiredObject, isFields, valueAt } from '../../manifests/objects.ts';
import { clusterOf, fallingOut, namesOf, type Retired, retiredIn, syncedBy } from './applications.ts';
import type { Case, Consequence, Rank, Rule } from './findings.ts';
import { lossOf, retirement } from './lifecycle.ts';
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
const syncing: readonly Rule[] = [
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

const DIRECTORY = ['directory.recurse', 'directory.exclude', 'directory.include'].flatMap((field) => [
  `spec.source.${field}`,
  `spec.sources.*.${field}`,
]);

const lostBy = ({ before, after, base, head }: Case): DesiredObject[] =>
  fallingOut(before, after, base, head);

const isLoss = (object: DesiredObject, { base, head }: Case): boolean =>
  lossOf(object, base, head).rank === 'data-loss';

const fallsOut = (rank: Rank, when: (one: Case) => boolean): Rule => ({
  kinds: ['Application.argoproj.io'],
  at: DIRECTORY,
  when,
  rank,
  reason: (one) => `other files of the folder count: ${namesOf(lostBy(one))} fall out and are pruned`,
});

const retiredBy = ({ before, after, base }: Case): Retired[] => retiredIn(before, after, base);

const retirementOf = (one: Case): Consequence => retirement(retiredBy(one), one.after, one.base, one.head);

/** Applications of another name are other Applications. */
function renamedBy({ before, base, head }: Case): Consequence {
  const { rank, reason } = retirement(retiredIn(before, undefined, base), before, base, head);
  return { rank, reason: `${reason}, until one of the new name makes them anew` };
}

const HELM = (field: string): readonly string[] => [
  `spec.source.helm.${field}`,
  `spec.sources.*.helm.${field}`,
];

/** A release is named after its Application unless it says its name. */
function releaseNames({ before, after, leaf }: Case): readonly [unknown, unknown] {
  return [leaf.before ?? before.name, leaf.after ?? after.name];
}

/** How Argo CD finds and treats what an Application wants. */
export const delivery: readonly Rule[] = [
  {
    kinds: ['Application.argoproj.io'],
    at: ['spec.destination.server', 'spec.destination.name'],
    when: ({ before, after }) => clusterOf(before.fields) === clusterOf(after.fields),
    rank: 'no-op',
    reason: 'the same cluster by another name',
  },
  {
    kinds: ['Application.argoproj.io'],
    at: ['spec.destination.server', 'spec.destination.name'],
    rank: 'prune',
    reason:
      'another cluster gets its objects; the old cluster keeps its own, and no Application manages them',
  },
  {
    kinds: ['Application.argoproj.io'],
    at: ['spec.destination.namespace'],
    rank: 'prune',
    reason: 'objects without a namespace of their own are made in the new one and pruned in the old one',
  },
  {
    kinds: ['ApplicationSet.argoproj.io'],
    at: ['spec.generators'],
    when: (one) => retiredBy(one).length > 0 && retirementOf(one).rank === 'data-loss',
    rank: 'data-loss',
    reason: (one) => retirementOf(one).reason,
  },
  {
    kinds: ['ApplicationSet.argoproj.io'],
    at: ['spec.generators'],
    when: (one) => retiredBy(one).length > 0,
    rank: 'prune',
    reason: (one) => retirementOf(one).reason,
  },
  {
    kinds: ['Application.argoproj.io'],
    at: [
      'spec.source.repoURL',
      'spec.source.path',
      'spec.source.chart',
      'spec.sources.*.repoURL',
      'spec.sources.*.path',
      'spec.sources.*.chart',
    ],
    rank: 'prune',
    reason: 'what only the old source holds is pruned',
  },
  fallsOut('data-loss', (one) => lostBy(one).some((object) => isLoss(object, one))),
  fallsOut('prune', (one) => lostBy(one).length > 0),
  {
    kinds: ['Application.argoproj.io'],
    at: DIRECTORY,
    when: ({ after, head }) => syncedBy(after, head).length > 0,
    rank: 'config',
    reason: 'other files of the folder count: no object falls out',
  },
  {
    kinds: ['Application.argoproj.io'],
    at: DIRECTORY,
    // Only more folders: nothing falls out.
    when: ({ leaf }) => !(leaf.steps.at(-1) === 'recurse' && leaf.after === true),
    rank: 'prune',
    reason: 'other files of the folder count: the objects of those that fall out are pruned',
  },
  {
    kinds: ['Application.argoproj.io'],
    at: ['spec.syncPolicy.automated.allowEmpty'],
    when: ({ leaf }) => leaf.after === true,
    rank: 'config',
    reason: 'an empty render may now prune everything',
  },
  {
    kinds: ['Application.argoproj.io'],
    at: HELM('skipCrds'),
    when: ({ leaf }) => leaf.after === true,
    rank: 'data-loss',
    reason:
      'every CustomResourceDefinition that the chart brings leaves the desired state: it is pruned, and all its custom resources with it',
  },
  {
    kinds: ['Application.argoproj.io'],
    at: HELM('releaseName'),
    when: (one) => releaseNames(one)[0] === releaseNames(one)[1],
    rank: 'no-op',
    reason: 'the same name of the release, which it has from its Application',
  },
  {
    kinds: ['Application.argoproj.io'],
    at: HELM('releaseName'),
    rank: 'prune',
    reason:
      'objects of the chart have other names: new ones are made, the old ones are pruned, and new claims are empty',
  },
  ...syncing,
  {
    kinds: ['ApplicationSet.argoproj.io'],
    at: ['spec.template.metadata.name', 'spec.template.metadata.namespace'],
    when: (one) => renamedBy(one).rank === 'data-loss',
    rank: 'data-loss',
    reason: (one) => renamedBy(one).reason,
  },
  {
    kinds: ['ApplicationSet.argoproj.io'],
    at: ['spec.template.metadata.name', 'spec.template.metadata.namespace'],
    rank: 'prune',
    reason: (one) => renamedBy(one).reason,
  },
  {
    kinds: ['Application.argoproj.io'],
    at: ['spec.source', 'spec.sources'],
    rank: 'config',
    reason: 'Argo CD renders it anew: objects that are not in dist/ may change with it',
  },
];
