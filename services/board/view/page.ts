import type { Texts } from '../text/en.ts';
import { catalogue, isOne, type Language } from '../text/language.ts';
import { type Format, formatOf } from './format.ts';
import { Address, type Html } from './html.ts';

/** The colours that a visitor asked for; `system` leaves it to the device. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What a visitor chose in the address; only that is carried on to the next page. */
export interface Choice {
  readonly lang?: Language;
  readonly theme?: Theme;
  readonly tz?: string;
}

/** Everything that a view needs beside the state: language, formats and addresses. */
export interface Page {
  readonly language: Language;
  readonly texts: Texts;
  readonly format: Format;
  readonly timeZone: string;
  readonly theme: Theme;
  /** The path below the prefix. */
  readonly path: string;
  readonly choice: Choice;
  /** What else the address asks for: known names alone, short values. */
  readonly query: Readonly<Record<string, string>>;
  /** Where links lead outside of the board. */
  readonly links: Links;
  /** An address of the board with what the visitor chose. */
  readonly link: (path: string, also?: Readonly<Record<string, string>>) => Address;
  /** An address that depends on no choice. */
  readonly asset: (path: string) => Address;
  /** A number and its noun, in the language's grammar. */
  readonly counted: (value: number, noun: (count: string, one: boolean) => string) => string;
}

/** What a page is made for. */
export interface PageOptions {
  readonly prefix: string;
  readonly path: string;
  readonly language: Language;
  readonly timeZone: string;
  readonly choice: Choice;
  /** @default nothing */
  readonly query?: Readonly<Record<string, string>>;
  /** @default none */
  readonly links?: Links;
}

/** Pages beside the board, by their base addresses; a link to what has none is left out. */
export interface Links {
  readonly repository?: string;
  /** The branch that clusters follow. @default 'main' */
  readonly branch?: string;
  /** The file of a workload, by the workload's name: a path in the repository. */
  readonly files?: ReadonlyMap<string, string>;
  readonly argocd?: string;
  readonly grafana?: string;
}

/** What all regions of a page share: texts, formats, addresses. */
export function pageOf(options: PageOptions): Page {
  const { prefix, path, language, timeZone, choice, query = {}, links = {} } = options;
  const format = formatOf(language, timeZone);
  const chosen = Object.entries(choice).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const link = (to: string, also: Readonly<Record<string, string>> = {}): Address => {
    const query = new URLSearchParams([...chosen, ...Object.entries(also)]).toString();
    return new Address(`${prefix}${to}${query === '' ? '' : `?${query}`}`);
  };
  return {
    ...{ language, format, timeZone, path, choice, query, links, link },
    texts: catalogue[language],
    theme: choice.theme ?? 'system',
    asset: (to) => new Address(`${prefix}${to}`),
    counted: (value, noun) => noun(format.count(value), isOne(language, value)),
  };
}

/** A part of a page that is replaced when it changes. */
export interface Region {
  readonly id: string;
  readonly content: Html;
}

/** A page without its frame. */
export interface Content {
  /** Of the document. */
  readonly title: string;
  readonly regions: readonly Region[];
  /** Whether it draws charts. */
  readonly charts?: boolean;
  /** Whether it has numbers to drag. */
  readonly whatIf?: boolean;
}
