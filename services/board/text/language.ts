import { de } from './de.ts';
import { en, type Texts } from './en.ts';
import { fr } from './fr.ts';
import { ko } from './ko.ts';
import { tr } from './tr.ts';

/** The languages of the board, by their tags (BCP 47). */
export const catalogue = { en, de, tr, fr, ko } as const satisfies Readonly<Record<string, Texts>>;
export type Language = keyof typeof catalogue;
/** The languages that the board speaks. */
export const LANGUAGES = Object.keys(catalogue) as readonly Language[];

/** The language that a text names, by its primary tag. @returns undefined for any other */
export const languageOf = (tag: string | undefined): Language | undefined =>
  LANGUAGES.find((language) => language === tag?.toLowerCase().split('-')[0]);

/** The best language for a header `Accept-Language`; English where none fits. @see RFC 9110, 12.5.4 */
export function accepted(header: string | undefined): Language {
  const wanted = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters
        .map((text) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(text)?.[1])
        .find(Boolean);
      return { language: languageOf(tag.trim()), quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.find(({ language }) => language !== undefined)?.language ?? 'en';
}

const plurals = Object.fromEntries(LANGUAGES.map((language) => [language, new Intl.PluralRules(language)]));

/** Whether a number is one in the grammar of a language: in French 0 is too. */
export const isOne = (language: Language, count: number): boolean =>
  plurals[language]?.select(count) === 'one';
