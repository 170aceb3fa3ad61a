import { applications, production, render } from '../../apps/testing/desired-state.ts';
import { worldOf } from '../../packages/analysis/explain/dependencies.ts';
import { allLinks } from '../../packages/manifests/links/all.ts';
import { type Link, sentenceOf } from '../../packages/manifests/links/links.ts';
import { parser, snapshotOf } from '../../packages/manifests/objects.ts';

/** One for all: most files are the same each time. */
const parse = parser();

/** Every link of every object in files below dist/. @param of What is wanted of them. @default the tests' own */
export const linksAmong = (
  files: ReadonlyMap<string, string>,
  environment = production,
  of = applications,
): Link[] =>
  allLinks(
    worldOf(environment, [...snapshotOf('test', files, parse).objects.values()], { applications: of }),
  );

/** What is wrong with the broken ones. */
export const brokenIn = (links: readonly Link[]): string[] =>
  links.filter(({ end }) => end.kind === 'broken').map(sentenceOf);

/** What is wrong with those that nothing outside of dist/ can make whole. */
export const brokenForSure = (links: readonly Link[]): string[] =>
  brokenIn(links.filter(({ end }) => end.kind === 'broken' && end.unsure !== true));

/** Production, as the sources render a desired state of the tests' own. */
export const files = render([production]);
export const dist = (path: string): string => `production/${path}`;
const text = (path: string): string => {
  const found = files.get(dist(path));
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found;
};
/** What is broken when a text of one file is another. */
export const after = (path: string, from: string | RegExp, to: string): string[] => {
  const changed = text(path).replace(from, to);
  if (changed === text(path)) throw new Error(`${path} does not say '${from}'`);
  return brokenIn(linksAmong(new Map(files).set(dist(path), changed)));
};
/** What is broken without some files. */
export const without = (...paths: string[]): string[] => {
  const rest = new Map(files);
  for (const path of paths) if (!rest.delete(dist(path))) throw new Error(`there is no ${path}`);
  return brokenIn(linksAmong(rest));
};
/** What is broken beside further objects. */
export const beside = (...documents: string[]): string[] => {
  const more = documents.map((one, index) => [dist(`shop/${index}.yaml`), one] as const);
  return brokenIn(linksAmong(new Map([...files, ...more])));
};
