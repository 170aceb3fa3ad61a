import { describe, expect, it } from 'vitest';
import { entryOf } from '../../manifests/fields.ts';
import { corpus } from './testing/corpus.ts';
import { argoPages, kedaPages, kubernetesSections, type Page, sourceFiles } from './testing/sources.ts';

/** `site, Page: "Section" and "Section"`, each part of a source by itself. */
const parts = corpus.flatMap(({ changes }) => changes.flatMap((change) => String(change.at(-1)).split('; ')));

interface Cited {
  readonly text: string;
  readonly title: string;
  readonly sections: readonly string[];
}

const cited = (site: RegExp): Cited[] =>
  parts.flatMap((text) => {
    const [, title, rest = ''] = new RegExp(`^(?:${site.source}), ([^:]+)(?:: (.*))?$`).exec(text) ?? [];
    const sections = [...rest.matchAll(/"([^"]+)"/g)].map(([, section = '']) => section);
    return title === undefined ? [] : [{ text, title, sections }];
  });

const unknownIn = (pages: readonly Page[], all: readonly Cited[]): string[] =>
  all
    .filter(({ title, sections }) => {
      const page = pages.find((one) => one.title === title);
      return page === undefined || !sections.every((section) => page.sections.includes(section));
    })
    .map(({ text }) => text);

/** `staging apiextensions-apiserver/...` and the like are two words. */
const pathIn = (text: string): string =>
  /^((?:staging |apimachinery )?[^ ]+?):?(?: |$)/.exec(text)?.[1] ?? '';

describe('a source of a crafted change', () => {
  it('is a page of Argo CD with the section that it names', () => {
    const all = cited(/Argo CD|argo-cd\.readthedocs\.io/);
    expect(all.length).toBeGreaterThan(30);
    expect(unknownIn(argoPages, all)).toEqual([]);
  });

  it('is a page of KEDA with the section that it names', () => {
    const all = cited(/keda\.sh/);
    expect(all.length).toBeGreaterThan(5);
    expect(unknownIn(kedaPages, all)).toEqual([]);
  });

  it('names only sections of kubernetes.io that were found there', () => {
    const all = cited(/kubernetes\.io/);
    const unknown = all.filter(({ title, sections }) =>
      sections.some((section) => !entryOf(kubernetesSections, title)?.includes(section)),
    );
    expect(all.filter(({ sections }) => sections.length > 0).length).toBeGreaterThan(25);
    expect(unknown.map(({ text }) => text)).toEqual([]);
  });

  it('is a file of Kubernetes or Argo CD with the functions that it names', () => {
    const files = parts.flatMap((text) => {
      const [, program, rest = ''] = /^(kubernetes|argo-cd) v[\d.]+ (.*)$/.exec(text) ?? [];
      return program === undefined ? [] : [{ text, file: `${program} ${pathIn(rest)}`, rest }];
    });
    const unknown = files.filter(({ file, rest }) => {
      const names = rest.match(/\b([Vv]alidate[A-Z]\w+|Normalize\w+|GetAccess\w+|OnDelete\w+)/g) ?? [];
      return !names.every((name) => sourceFiles[file]?.includes(name)) || !Object.hasOwn(sourceFiles, file);
    });
    expect(files.length).toBeGreaterThan(60);
    expect(unknown.map(({ text }) => text)).toEqual([]);
  });
});
