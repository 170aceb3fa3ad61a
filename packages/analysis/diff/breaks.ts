import { allLinks } from '../../manifests/links/all.ts';
import type { Link, LinkKind } from '../../manifests/links/links.ts';
import { type DesiredObject, titleOf } from '../../manifests/objects.ts';
import { violationsIn } from '../../rules/all.ts';
import { lostRights, strandedIn } from './consequences.ts';
import { classlessIn, type Sides } from './sides.ts';

/** Something that held in the base, or is new, and does not work in the head. */
export interface Break {
  readonly environment: string;
  /** What no longer works. */
  readonly object: DesiredObject;
  /** Who depends on it, the furthest first, then the object itself: `Ingress shop/web`, `Service shop/web`. */
  readonly path: readonly string[];
  /** What the object expects, and what is wrong with it. */
  readonly why: string;
  /** Whether `why` is a sentence of its own, not one that goes on after the object. @default false */
  readonly isWhole?: true;
  /** Identities of the changed objects that break it. */
  readonly causes: readonly string[];
}

/**
 * What a change breaks between objects and within them. A chain that was broken before, and what dist/ may merely not
 * know, are left out.
 */
export const breaksIn = (sides: Sides): Break[] => [
  ...brokenLinks(sides),
  ...violations(sides),
  ...withdrawnRights(sides),
  ...strandedObjects(sides),
];

/** Kinds whose dangling reference is a fault of the object that holds it, not of another object's removal. */
const OWN_FAULT: readonly LinkKind[] = [
  'Role -> object',
  'NetworkPolicy -> peer',
  'NetworkPolicy -> pods',
  'binding -> ServiceAccount',
];

const slot = ({ from, kind, says, expects = '' }: Link): string =>
  `${from.identity} ${kind} ${says} ${expects}`;
const wide = ({ from, kind }: Link): string => `${from.identity} ${kind}`;

/** What the links of the base were, to judge one of the head by; of objects of which one is broken. */
interface Former {
  readonly slots: ReadonlyMap<string, readonly Link[]>;
  readonly kinds: ReadonlyMap<string, readonly Link[]>;
  /** Those of the head that lead to an object. */
  readonly still: ReadonlySet<string>;
}

function brokenLinks({ before, after, changed }: Sides): Break[] {
  const news = allLinks(after);
  const former = formerly(allLinks(before), news);
  const dependents = dependentsIn(news);
  const found = news.flatMap((link): Break[] => {
    const were = formerOf(link, former);
    const isOthers = OWN_FAULT.includes(link.kind) && !changed.has(link.from.identity);
    if (were === undefined || isOthers || link.end.kind !== 'broken') return [];
    const targets = were.flatMap((one) => (one.end.kind === 'object' ? [one.end.object.identity] : []));
    const about = (link.end.about ?? []).map(({ identity }) => identity);
    const causes = [link.from.identity, ...targets, ...about].filter((one) => changed.has(one));
    return [breakOf(link.from, `${link.says}: ${link.end.why}`, causes, dependents)];
  });
  return unique(found);
}

function formerly(olds: readonly Link[], news: readonly Link[]): Former {
  const DATA_BEARING_KINDS = new Set(
    news.filter(({ end }) => end.kind === 'broken').map(({ from }) => from.identity),
  );
  const isHeld = ({ from }: Link): boolean => DATA_BEARING_KINDS.has(from.identity);
  const were = olds.filter(isHeld);
  const still = new Set(news.filter((link) => isHeld(link) && link.end.kind === 'object').map(slot));
  return { slots: Map.groupBy(were, slot), kinds: Map.groupBy(were, wide), still };
}

/** What a link that is broken now was before; undefined where it is no fault of the change, or may be none at all. */
function formerOf(link: Link, { slots, kinds, still }: Former): readonly Link[] | undefined {
  if (link.end.kind !== 'broken') return undefined;
  const same = slots.get(slot(link)) ?? [];
  if (same.some(({ end }) => end.kind === 'broken')) return undefined;
  // Another host, path or port that leads nowhere for the same reason is not news.
  const { why } = link.end;
  if (same.length === 0 && kinds.get(wide(link))?.some(({ end }) => end.kind === 'broken' && end.why === why))
    return undefined;
  // What now leads nowhere may have taken the place of a link to another object.
  const lost = (kinds.get(wide(link)) ?? []).filter(
    (one) => one.end.kind === 'object' && !still.has(slot(one)),
  );
  const were = same.length > 0 ? same : lost;
  return link.end.unsure === true && were.length === 0 ? undefined : were;
}

/** Kinds that rules look up beside the object itself: where one changes, all objects are looked at. */
const LOOKED_UP = new Set(
  `Namespace LimitRange ResourceQuota AppProject Application CustomResourceDefinition HorizontalPodAutoscaler ScaledObject
  PodDisruptionBudget Pod Deployment StatefulSet DaemonSet ReplicaSet Job CronJob Rollout`.split(/\s+/),
);

function violations({ before, after, changed }: Sides): Break[] {
  const isChanged = ({ identity }: DesiredObject): boolean => changed.has(identity);
  const isFar = [...before.objects, ...after.objects].some(
    (one) => isChanged(one) && LOOKED_UP.has(one.kind),
  );
  const which = isFar ? undefined : isChanged;
  const known = new Set(violationsIn(before, which).map(({ object, key }) => `${object.identity} ${key}`));
  return unique(
    violationsIn(after, which)
      .filter(({ object, key }) => !known.has(`${object.identity} ${key}`))
      .map(({ object, why, about = [] }) => {
        const causes = [object, ...about].map(({ identity }) => identity).filter((one) => changed.has(one));
        return { ...breakOf(object, why, causes, new Map()), isWhole: true as const };
      }),
  );
}

const withdrawnRights = ({ before, after, changed }: Sides): Break[] =>
  lostRights(before, after).map(({ workload, why, causes }) =>
    breakOf(
      workload,
      why,
      causes.filter((one) => changed.has(one)),
      new Map(),
    ),
  );

const strandedObjects = (sides: Sides): Break[] =>
  [...strandedIn(sides), ...classlessIn(sides)].map(({ object, why, causes }) =>
    breakOf(
      object,
      why,
      causes.filter((one) => sides.changed.has(one)),
      new Map(),
    ),
  );

/** Object -> those that lead to it. */
type Dependents = ReadonlyMap<string, readonly DesiredObject[]>;

/** Kinds by which an object passes on that it does not work. */
const PASSING: readonly LinkKind[] = [
  'Ingress -> Service',
  'HTTPRoute -> Service',
  'IngressRoute -> TraefikService',
  'TraefikService -> Service',
  'VirtualService -> Service',
  'workload -> Service',
  'scaler -> Service',
  'scaler -> workload',
  'HorizontalPodAutoscaler -> metric',
  'HorizontalPodAutoscaler -> workload',
  'ScaledObject -> workload',
  'ServiceMonitor -> Service',
  'API server -> Service',
];

function dependentsIn(links: readonly Link[]): Dependents {
  const pairs = links.flatMap(({ from, kind, end }) =>
    end.kind === 'object' && PASSING.includes(kind) ? [{ from, to: end.object.identity }] : [],
  );
  return new Map(
    [...Map.groupBy(pairs, ({ to }) => to)].map(([to, all]) => [to, all.map(({ from }) => from)]),
  );
}

function breakOf(
  object: DesiredObject,
  why: string,
  causes: readonly string[],
  dependents: Dependents,
): Break {
  return { environment: object.environment, object, path: pathTo(object, dependents), why, causes };
}

/** Steps; a longer chain says no more. */
const LONGEST = 4;

function pathTo(object: DesiredObject, dependents: Dependents): string[] {
  const path = [object];
  while (path.length < LONGEST) {
    const [next] = dependents.get(path[0]?.identity ?? '') ?? [];
    if (next === undefined || path.includes(next)) break;
    path.unshift(next);
  }
  return path.map(titleOf);
}

/** Two containers may ask for one thing. */
const unique = (all: readonly Break[]): Break[] => [
  ...new Map(all.map((one) => [`${one.object.identity} ${one.why}`, one])).values(),
];

/** `Ingress shop/web -> Service shop/web selects the pods of: no pods ...` */
export const breakText = ({ path, why, isWhole }: Break): string =>
  `${path.join(' -> ')}${isWhole ? ':' : ''} ${why}`;
