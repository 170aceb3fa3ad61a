import { actors } from './actors.ts';
import type { Case, Rank, Rule } from './findings.ts';

/** Lines of the table of rules, in two: of what is there, and of what is gone. */
export const acting: readonly Rule[] = actors.flatMap(({ on, key, kinds, acts, rank = 'config', gone }) => {
  const found = ({ leaf }: Case): boolean => key.test(leaf.steps[2] ?? '');
  const rule = { at: [`metadata.${on}`], ...(kinds !== undefined && { kinds }) };
  const [goneRank, goneActs] = gone ?? [rank === 'exposure' ? 'config' : rank, acts];
  return [
    { ...rule, when: (one: Case) => found(one) && one.leaf.after !== undefined, rank, reason: acts },
    {
      ...rule,
      when: (one: Case) => found(one) && one.leaf.after === undefined,
      rank: goneRank,
      reason: goneActs,
    },
  ];
});

/** `Prune=false,Replace=true` -> what Argo CD does about each option that comes or goes. */
const OPTIONS: Readonly<Record<string, readonly [rank: Rank, comes: string, goes: string]>> = {
  'Prune=false': [
    'config',
    'Argo CD leaves it in the cluster when it is removed here',
    'Argo CD prunes it when it is removed here',
  ],
  'Prune=confirm': ['config', 'Argo CD asks before it prunes it', 'Argo CD prunes it without asking'],
  'Delete=false': [
    'config',
    'it stays when its Application is deleted',
    'it goes when its Application is deleted',
  ],
  'Delete=confirm': [
    'config',
    'Argo CD asks before it deletes it with its Application',
    'it goes with its Application without asking',
  ],
  'Replace=true': [
    'recreate',
    'Argo CD replaces the object at every sync: what others wrote into it is lost',
    'Argo CD applies it instead of replacing it',
  ],
  'Force=true': [
    'recreate',
    'Argo CD deletes and creates it where it cannot be changed',
    'Argo CD no longer deletes it to change it',
  ],
  'ServerSideApply=true': [
    'config',
    'the API server merges it by fields and owners',
    'Argo CD merges it by the last applied annotation',
  ],
  'Validate=false': ['config', 'unknown fields are accepted', 'unknown fields are refused'],
  'SkipDryRunOnMissingResource=true': [
    'config',
    'a sync goes on where its kind is not known yet',
    'a sync fails where its kind is not known yet',
  ],
  'CreateNamespace=true': [
    'config',
    'Argo CD creates the namespace',
    'Argo CD no longer creates the namespace',
  ],
};

const optionsOf = (text: unknown): string[] =>
  typeof text === 'string' ? text.split(',').map((one) => one.trim()) : [];

interface OptionChange {
  readonly rank: Rank;
  readonly reason: string;
}

const optionChanges = ({ leaf }: Case): OptionChange[] => changesBetween(leaf.before, leaf.after);

/** What Argo CD does about one option of a whole Application that comes or goes; undefined where it is not known. */
export const optionEffect = (before: unknown, after: unknown): OptionChange | undefined =>
  changesBetween(before, after)[0];

function changesBetween(before: unknown, after: unknown): OptionChange[] {
  const [olds, news] = [optionsOf(before), optionsOf(after)];
  return Object.entries(OPTIONS).flatMap(([option, [rank, comes, goes]]) => {
    if (news.includes(option) && !olds.includes(option)) return [{ rank, reason: comes }];
    return olds.includes(option) && !news.includes(option) ? [{ rank: 'config' as const, reason: goes }] : [];
  });
}

const isOptions = ({ leaf }: Case): boolean => leaf.steps[2] === 'argocd.argoproj.io/sync-options';
const optionRule = (rank: Rank): Rule => ({
  at: ['metadata.annotations'],
  when: (one) => isOptions(one) && optionChanges(one).some((change) => change.rank === rank),
  rank,
  reason: (one) =>
    optionChanges(one)
      .map(({ reason }) => reason)
      .join('; '),
});

/** How Argo CD syncs one object. @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/ */
export const syncOptions: readonly Rule[] = [optionRule('recreate'), optionRule('config')];
