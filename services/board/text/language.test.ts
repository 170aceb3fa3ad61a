import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { accepted, catalogue, isOne, LANGUAGES, languageOf } from './language.ts';

type Leaf = string | ((...values: string[]) => string);

/** Every text by its path, written with values that show where they went. */
function leaves(texts: object, path = ''): [string, string][] {
  return Object.entries(texts as Record<string, Leaf | object>).flatMap(
    ([key, value]): [string, string][] => {
      const at = path === '' ? key : `${path}.${key}`;
      if (typeof value === 'string') return [[at, value]];
      if (typeof value === 'function')
        return [[at, (value as (...all: string[]) => string)('<1>', '<2>', '<3>')]];
      return leaves(value, at);
    },
  );
}

const english = new Map(leaves(en));

/** Words that are the same in both languages. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  de: [
    ...['title', 'workloads', 'themeSystem', 'live'],
    ...['title', 'pods', 'autoscalers', 'name', 'images', 'zone', 'version', 'summary', 'countPods'].map(
      (key) => `cluster.${key}`,
    ),
    ...['image', 'digest', 'pods', 'countApplications'].map((key) => `releases.${key}`),
  ],
  fr: [
    ...['navigation', 'levels.attention', 'messages', 'countMessages', 'cause'],
    ...['pods', 'claims', 'autoscalers', 'images', 'zone', 'version', 'summary', 'countPods'].map(
      (key) => `cluster.${key}`,
    ),
    ...['analysis', 'image', 'pods', 'countApplications'].map((key) => `releases.${key}`),
  ],
  tr: ['cluster.summary'],
  ko: ['cluster.summary'],
};

describe.each(LANGUAGES.filter((language) => language !== 'en'))('the texts in %s', (language) => {
  const texts = new Map(leaves(catalogue[language]));

  it('have the keys of the English ones, none of them empty', () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
    expect([...texts].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('are translated', () => {
    const same = [...texts].filter(([key, text]) => text === english.get(key)).map(([key]) => key);
    expect(same.filter((key) => !SAME[language]?.includes(key))).toEqual([]);
  });

  it('fill in every value that the English text does', () => {
    const filled = (text = '') => [...new Set(text.match(/<\d>/g))].sort();
    // A count of one may be a word.
    const differing = [...texts].filter(
      ([key, text]) =>
        !/^(\w+\.)?(verdict[ACU]|count|nodesDown|workloadsDown|podsFailing|outOfSync|fires|newErrors)/.test(
          key,
        ) && filled(text).join() !== filled(english.get(key)).join(),
    );
    expect(differing).toEqual([]);
  });
});

describe('the language of a visitor', () => {
  it.each([
    ['de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['pt-BR, fr;q=0.4, ko;q=0.8', 'ko'],
    ['en;q=0, tr', 'tr'],
    ['*', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    [';;;q=x,,', 'en'],
  ])('is for %j: %s', (header, language) => {
    expect(accepted(header)).toBe(language);
  });

  it('is named by the primary tag', () => {
    expect([languageOf('KO-kr'), languageOf('es'), languageOf('constructor'), languageOf(undefined)]).toEqual(
      ['ko', undefined, undefined, undefined],
    );
  });

  it('has its own idea of one', () => {
    expect([isOne('en', 0), isOne('fr', 0), isOne('de', 1), isOne('ko', 1)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
