import { parser, snapshotOf } from '../../manifests/objects.ts';
import { compare, type Difference } from './compare.ts';
import type { Rank } from './findings.ts';

/**
 * A change as YAML, what it is ranked, a word of why, and what says so: the API's documentation, its source, or that
 * of the controller. An empty text is a side without the object.
 */
export type SourcedRow = readonly [
  name: string,
  base: string,
  head: string,
  rank: Rank | undefined,
  word: RegExp,
  source: string,
];

/** One file, or several below dist/. */
export type Texts = string | Readonly<Record<string, string>>;

/** A change that people report: `refused` where diff ends with an error, a word of the whole report, and what says so. */
export type ReportedRow = readonly [
  name: string,
  base: Texts,
  head: Texts,
  rank: Rank | 'refused' | undefined,
  word: RegExp,
  source: string,
];

/** Files below dist/ before and after, compared. */
export function compareFiles(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
): Difference {
  const parse = parser();
  return compare(
    snapshotOf('base', new Map(Object.entries(base)), parse),
    snapshotOf('head', new Map(Object.entries(head)), parse),
  );
}

/** Two texts of one file, compared. */
export const compareYaml = (base: string, head: string): Difference =>
  compareFiles({ 'local/shop/all.yaml': base }, { 'local/shop/all.yaml': head });

/** `{kind: X, ...}` of the namespace 'shop'. */
export const object = (apiVersion: string, kind: string, rest: string, metadata = ''): string =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: web, namespace: shop, ${metadata}}, ${rest}}`;

/** A kind with a pod template whose container is 'app'. */
export const workload = (kind: string, container: string, spec = '', pod = ''): string =>
  object(
    'apps/v1',
    kind,
    `spec: {selector: {matchLabels: {app: web}}, ${spec} template: {metadata: {labels: {app: web}},
      spec: {${pod} containers: [{name: app, ${container}}]}}}`,
  );
