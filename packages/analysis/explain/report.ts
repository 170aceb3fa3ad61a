import { jsonText } from '../../manifests/embedded.ts';
import { type End, type Link, textOfEnd } from '../../manifests/links/links.ts';
import { titleOf } from '../../manifests/objects.ts';
import type { KeptPolicy } from '../fidelity.ts';
import type { Section } from '../report/markup.ts';
import type { Dependency } from './dependencies.ts';
import { type Chain, type Explanation, referenceOf } from './explain.ts';

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

/** Fields of one value that are named before the rest is counted. */
const FIELDS = 3;

/** The heading of an explanation. */
export const titleFor = ({ object }: Explanation): string => `${titleOf(object)} of ${object.environment}`;

/** The parts of an explanation, in their order. */
export const sectionsOf = (explanation: Explanation): Section[] => [
  origin(explanation),
  dependencies(explanation),
  ...explanation.kept.map(keptPolicy),
  chains(explanation),
  reachedBy(explanation),
];

const origin = ({ object, origin: lines, deliveredBy }: Explanation): Section => ({
  title: 'Asked for by',
  head: ['line', 'source'],
  rows: lines.map(({ place, text }) => [place, text]),
  notes: [
    `Rendered to dist/${object.file}, which ${deliveredBy === undefined ? 'no Application' : titleOf(deliveredBy)} syncs.`,
  ],
});

function dependencies({ dependencies: { found, refused } }: Explanation): Section {
  return {
    title: 'Values of the environment that it depends on',
    head: ['value', 'now', 'in', 'decides'],
    rows: found.map((one) => [one.path, valueText(one.value), one.file, decides(one)]),
    notes: [
      ...(found.length === 0 ? ['None: it is the same in every environment that has it.'] : []),
      ...(refused.length > 0
        ? [`Not known, because no other value is accepted: ${refused.join(', ')}.`]
        : []),
    ],
  };
}

const valueText = (value: unknown): string => (value === undefined ? 'not set' : jsonText(value));

function decides({ fields }: Dependency): string {
  if (fields.length === 0) return 'whether it is there, by this name';
  const more = fields.length > FIELDS ? [`and ${fields.length - FIELDS} more`] : [];
  return [...fields.slice(0, FIELDS), ...more].join(', ');
}

const keptPolicy = ({ workload, scaler, policy, clauses }: KeptPolicy): Section => ({
  title: `How the ${policy} '${workload}' is kept by ${SCALER_NAMES[scaler]}`,
  head: ['clause', 'kept', 'why'],
  rows: clauses.map(({ clause, fidelity, why }) => [clause, fidelity, why]),
  notes: [],
});

const SCALER_NAMES = { own: 'the own scaler', hpa: 'an HPA', keda: 'KEDA' } as const;

const chains = ({ chains: all }: Explanation): Section => ({
  title: 'What it leads to',
  head: ['how', 'to'],
  rows: all.flatMap((one) => chainRows(one, 0)),
  notes: all.length === 0 ? ['Nothing.'] : [],
});

const chainRows = ({ link, next }: Chain, depth: number): string[][] => [
  [`${INDENT.repeat(depth)}${link.says}`, textOfEnd(link.end)],
  ...next.flatMap((one) => chainRows(one, depth + 1)),
];

/** Spaces that Markdown keeps. */
const INDENT = '\u00a0\u00a0';

const reachedBy = ({ reachedBy: links }: Explanation): Section => ({
  title: 'What leads to it',
  head: ['from', 'how'],
  rows: links.map(({ from, says }) => [titleOf(from), `${says} it`]),
  notes: links.length === 0 ? ['Nothing.'] : [],
});
