import { covers, type Right, rightsIn, rightsText } from '../../manifests/links/rights.ts';
import { type DesiredObject, titleOf } from '../../manifests/objects.ts';
import { podSpecOf } from '../../manifests/references.ts';
import { isolationOf, wideRightsIn } from '../../rules/isolation.ts';
import { isAboutGuard, isPartOf, openedWithout, openingsOf } from '../../rules/openings.ts';
import type { Sides } from './sides.ts';

/** A subject or a peer that can reach or do more than before. */
export interface Exposure {
  readonly environment: string;
  /** What it is about. */
  readonly object: DesiredObject;
  /** Who can do what, as a sentence. */
  readonly who: string;
  /** Identities of the changed objects by which it is so. */
  readonly causes: readonly string[];
}

/**
 * What a change opens: what is so in the head and was not in the base. A sentence that an object had before, in
 * whatever form, is none.
 */
export const exposuresIn = (sides: Sides): Exposure[] => [
  ...opened(sides),
  ...permitted(sides),
  ...unisolated(sides),
];

function opened({ before, after, changed }: Sides): Exposure[] {
  const former = new Map(before.objects.map((one) => [one.identity, one]));
  const there = new Set(after.objects.map(({ identity }) => identity));
  const own = after.objects
    .filter(({ identity }) => changed.has(identity))
    .flatMap((object) => {
      const old = former.get(object.identity);
      // A new namespace without a level is like any other: no account had fewer rights before.
      if (old === undefined && object.kind === 'Namespace') return [];
      const had = old === undefined ? [] : openingsOf(old, before);
      return openingsOf(object, after)
        .filter((who) => !had.some((one) => isPartOf(who, one)) && (old !== undefined || !isAboutGuard(who)))
        .map((who) => exposure(object, who, [object.identity]));
    });
  const gone = before.objects
    .filter(({ identity }) => changed.has(identity) && !there.has(identity))
    .flatMap((object) => openedWithout(object).map((who) => exposure(object, who, [object.identity])));
  return [...own, ...gone];
}

function permitted({ before, after, changed }: Sides): Exposure[] {
  const had = Map.groupBy(rightsIn(before), ({ subject }) => subject);
  const isNew = (right: Right): boolean => !had.get(right.subject)?.some((one) => covers(one, right));
  const news = Map.groupBy(wideRightsIn(after).filter(isNew), ({ subject }) => subject);
  return [...news].flatMap(([subject, rights]) => {
    const by = [...new Set(rights.flatMap((one) => one.by))].filter(({ identity }) => changed.has(identity));
    const [first] = by;
    const causes = by.map(({ identity }) => identity);
    return first === undefined
      ? []
      : rightsText(rights).map((text) => exposure(first, `${subject} may ${text}`, causes));
  });
}

/** Workloads on both sides that lost their isolation. */
function unisolated({ before, after, changed }: Sides): Exposure[] {
  if (before.ofKind('NetworkPolicy').length + after.ofKind('NetworkPolicy').length === 0) return [];
  const workloads = after.objects.filter((one) => podSpecOf(one) !== undefined);
  return workloads.flatMap((workload) => {
    const old = before.named(workload.kind, workload.namespace, workload.name);
    const [was, is] = [old && isolationOf(old, before), isolationOf(workload, after)];
    // Before it was there, no policy could open it: it is as open as any new pod.
    const had = was?.texts ?? [EVERYBODY_IN, EVERYBODY_OUT];
    const news = is.texts.filter((text) => !had.includes(text) && !had.includes(widest(text)));
    const about = [...is.policies, ...(was?.policies ?? []), workload].map(({ identity }) => identity);
    const causes = [...new Set(about)].filter((one) => changed.has(one));
    return causes.length === 0 ? [] : news.map((who) => exposure(workload, who, causes));
  });
}

const EVERYBODY_IN = 'everybody may reach its pods on every port';
const EVERYBODY_OUT = 'its pods may reach everybody on every port';

/** What a narrower sentence is part of. */
const widest = (text: string): string => (text.startsWith('its pods') ? EVERYBODY_OUT : EVERYBODY_IN);

const exposure = (object: DesiredObject, who: string, causes: readonly string[]): Exposure => ({
  environment: object.environment,
  object,
  who,
  causes,
});

/** `Service shop/web: a load balancer lets every address reach port 80` */
export const exposureText = ({ object, who }: Exposure): string => `${titleOf(object)}: ${who}`;
