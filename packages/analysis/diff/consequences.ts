import { isGenerated } from '../../manifests/objects.ts';
import { placeOf } from '../../manifests/schema.ts';
import type { Consequence } from './ranks.ts';
import type { Case, Rule } from './rule.ts';
import { behaviour } from './rules-behaviour.ts';
import { concerns } from './rules-concerns.ts';
import { delivery } from './rules-delivery.ts';
import { storageAndImmutable } from './rules-immutable.ts';
import { metadata } from './rules-metadata.ts';
import { definitions } from './rules-schema.ts';

const rules: readonly Rule[] = [
  { when: ({ leaf }) => leaf.equivalent === true, rank: 'no-op', reason: 'other text, same content' },
  {
    when: ({ after }) => isGenerated(after),
    rank: 'config',
    reason: 'created anew at the next sync; those that earlier syncs created are pruned',
  },
  ...storageAndImmutable,
  ...definitions,
  ...behaviour,
  ...delivery,
  ...metadata,
  ...concerns,
];

/** The consequence of a change that no rule knows: nothing restarts, nothing is lost. */
const inPlace: Consequence = { rank: 'config', reason: 'applied in place' };

/** What the change of one leaf does: the first rule that fits says it. */
export function consequenceOf(one: Case): Consequence {
  const rule = rules.find((each) => fits(each, one));
  if (rule === undefined) return inPlace;
  return { rank: rule.rank, reason: typeof rule.reason === 'string' ? rule.reason : rule.reason(one) };
}

function fits({ kinds, at, when }: Rule, one: Case): boolean {
  const { kind, group } = one.before;
  return (
    (kinds?.includes(placeOf(kind, group)) ?? true) &&
    (at?.some((path) => isBelow(path.split('.'), one.leaf.steps)) ?? true) &&
    (when?.(one) ?? true)
  );
}

const isBelow = (path: readonly string[], steps: readonly string[]): boolean =>
  path.every((step, index) => step === steps[index]);
