import { type DesiredObject, titleOf } from '../../manifests/objects.ts';
import type { Break } from './breaks.ts';
import type { ObjectChange } from './compare.ts';
import type { Exposure } from './exposures.ts';
import { type Rank, worstOf } from './ranks.ts';

/** What the sections above all objects say. */
export interface Findings {
  /** What the change leaves broken, between objects and within them. */
  readonly broken: readonly Break[];
  /** Who can reach or do more than before. */
  readonly exposures: readonly Exposure[];
}

/** What a changed leaf breaks or opens by itself, beside what was found between objects. */
export function ofLeaves(changes: readonly ObjectChange[]): Findings {
  const of = (rank: Rank) =>
    changes.flatMap(({ object, leaves }) => {
      const reasons = new Set(leaves.filter((leaf) => leaf.rank === rank).map(({ reason }) => reason));
      return [...reasons].map((reason) => ({ object, reason, environment: object.environment, causes: [] }));
    });
  return {
    broken: of('broken').map(({ reason, ...rest }) => ({
      ...rest,
      path: [titleOf(rest.object)],
      why: reason,
    })),
    exposures: of('exposure').map(({ reason, ...rest }) => ({ ...rest, who: reason })),
  };
}

interface Finding {
  readonly object: DesiredObject;
  readonly causes: readonly string[];
  /** What the object itself is said to do. */
  readonly text: string;
}

/** Gives objects the rank of what they break or open; an object may do worse by itself. */
export function ranked(changes: readonly ObjectChange[], { broken, exposures }: Findings): ObjectChange[] {
  const breaks = byCause(broken.map((one) => ({ ...one, text: 'no longer works' })));
  const opens = byCause(exposures.map((one) => ({ ...one, text: one.who })));
  return changes.map((change) => {
    const { identity } = change.object;
    const opened = raised(change, 'exposure', 'opens', opens.get(identity) ?? []);
    return raised(opened, 'broken', 'breaks', breaks.get(identity) ?? []);
  });
}

function byCause(findings: readonly Finding[]): Map<string, Finding[]> {
  const pairs = findings.flatMap((finding) => finding.causes.map((cause) => ({ cause, finding })));
  return new Map(
    [...Map.groupBy(pairs, ({ cause }) => cause)].map(([cause, all]) => [
      cause,
      all.map(({ finding }) => finding),
    ]),
  );
}

/** @param verb What it does to another object. */
function raised(change: ObjectChange, rank: Rank, verb: string, findings: readonly Finding[]): ObjectChange {
  const [first] = findings;
  if (first === undefined) return change;
  const own = findings.find(({ object }) => object.identity === change.object.identity);
  const others = new Set(findings.map(({ object }) => object)).size - 1;
  const more = others === 0 ? '' : ` and ${others} more`;
  const reason = own?.text ?? `${verb} ${titleOf(first.object)}${more}`;
  return { ...change, rank: worstOf([change.rank, rank]) ?? rank, reasons: [reason, ...change.reasons] };
}
