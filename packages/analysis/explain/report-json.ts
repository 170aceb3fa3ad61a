import { jsonText } from '../../manifests/json.ts';
import type { End, Link } from '../../manifests/links/links.ts';
import type { Chain, Explanation } from './explain.ts';
import { referenceOf } from './find.ts';

/** For programs: a value that is not set is null. */
export const jsonReport = (explanations: readonly Explanation[]): string =>
  `${jsonText({ objects: explanations.map(objectOf) }, 2)}\n`;

const objectOf = ({ object, origin, deliveredBy, dependencies, kept, chains, reachedBy }: Explanation) => ({
  environment: object.environment,
  object: referenceOf(object),
  file: `dist/${object.file}`,
  origin,
  deliveredBy: deliveredBy === undefined ? null : referenceOf(deliveredBy),
  dependsOn: dependencies.found.map(({ value, ...rest }) => ({ ...rest, value: value ?? null })),
  notKnown: dependencies.refused,
  kept: kept.map(({ workload, scaler, policy, clauses }) => ({
    ...{ workload, scaler, policy },
    clauses: clauses.map(({ clause, fidelity, why }) => ({ clause, fidelity, why })),
  })),
  leadsTo: chains.map(chainOf),
  reachedBy: reachedBy.map(({ from, kind, says }) => ({ from: referenceOf(from), kind, says })),
});

const chainOf = ({ link, next }: Chain): object => ({
  ...linkOf(link),
  ...(next.length > 0 && { leadsTo: next.map(chainOf) }),
});

const linkOf = ({ kind, says, end }: Link) => ({ kind, says, ...endOf(end) });

function endOf(end: End) {
  if (end.kind === 'object') return { object: referenceOf(end.object) };
  return end.kind === 'outside' ? { outside: end.what } : { broken: end.why };
}
