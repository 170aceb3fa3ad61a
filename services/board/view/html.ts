import type { Level } from '../model/health.ts';

/**
 * Markup that is safe by construction: only the tag below makes an `Html`, and it escapes whatever else is put into a
 * template. A string from a log line or a label can therefore never become markup.
 */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Joins literal markup and values. @throws Error for a place where no escaping is enough */
  static join(literals: readonly string[], values: readonly Value[]): Html {
    let text = literals[0] ?? '';
    values.forEach((value, index) => {
      refuseUnsafePlace(text, value);
      text += shown(value) + (literals[index + 1] ?? '');
    });
    return new Html(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** An address that the board itself has built: the only value that may begin an `href`, `src` or `action`. */
export class Address {
  readonly text: string;

  /** @throws Error for an address with a scheme or a host: the board links to itself */
  constructor(text: string) {
    if (!/^\/(?![/\\])/.test(text)) throw new Error(`'${text}' must be a path of the board`);
    this.text = text;
  }
}

/** An address outside of the board: below a base that the configuration names, in parts that are escaped. */
export class Outside {
  readonly text: string;

  /** @param base `https://github.com/sluice/sluice` @throws Error where it is no address of http or https */
  constructor(base: string, parts: readonly string[] = [], query: Readonly<Record<string, string>> = {}) {
    const url = new URL(base);
    if (!['http:', 'https:'].includes(url.protocol))
      throw new Error(`'${base}' must be a URL of http or https`);
    const path = [url.pathname.replace(/\/$/, ''), ...parts.map(encodeURIComponent)].join('/');
    const search = new URLSearchParams(query).toString();
    this.text = `${url.origin}${path}${search === '' ? '' : `?${search}`}`;
  }
}

/** What may stand in a template; nothing is shown for undefined and false. */
export type Value = Html | Address | Outside | string | number | undefined | false | readonly Html[];

/** The template tag: html`<p>${text}</p>`. */
export const html = (literals: TemplateStringsArray, ...values: readonly Value[]): Html =>
  Html.join(literals, values);

/** No markup. */
export const nothing = html``;

function shown(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (value instanceof Address || value instanceof Outside) return escaped(value.text);
  if (Array.isArray(value)) return value.map((item: Html) => item.toString()).join('');
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' },
};

/** Controls, and characters that reorder or hide the text beside them. @see https://trojansource.codes */
const DECEPTIVE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Text as it may stand between tags and in a quoted attribute. */
export const escaped = (text: string): string =>
  text
    .replace(/[\n\t]/g, ' ')
    .replace(DECEPTIVE, '\ufffd')
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');

const ADDRESS_BEGINS = /\s(?:href|src|action|formaction|poster|data)="$/i;
const HANDLER = /\s(?:on\w+|style|srcdoc)="[^"]*$/i;

/** An attribute without quotes, an address, a handler and a tag's name need more than escaping. */
function refuseUnsafePlace(before: string, value: Value): void {
  if (value instanceof Html || Array.isArray(value) || value === undefined || value === false) return;
  const start = before.lastIndexOf('<');
  const tag = before.slice(Math.max(0, start));
  if (start < 0 || tag.includes('>')) return;
  if (/=\s*$/.test(tag) || /^<\/?\w*$/.test(tag)) throw new Error(`a value must be in quotes: ${tag}`);
  if (HANDLER.test(tag)) throw new Error(`a value must not be in a handler or a style: ${tag}`);
  if (ADDRESS_BEGINS.test(tag) && !(value instanceof Address || value instanceof Outside))
    throw new Error(`an address must be built by the board: ${tag}`);
}

/** The mark of Sluice: water behind a gate that is half open. */
export const mark: Html = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect class="mark-frame" x="2" y="2" width="28" height="28" rx="7"/><path class="mark-water" d="M5 21c3.7-3 7.3 3 11 0s7.3 3 11 0v4a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3z"/><path class="mark-gate" d="M9 6v10M16 6v8M23 6v10"/></svg>`;

const shapes: Readonly<Record<Level, Html>> = {
  ok: html`<path d="M4.5 8.5l2.4 2.4 4.6-5.2"/>`,
  attention: html`<path d="M8 4.2v4.6M8 11.6v.2"/>`,
  critical: html`<path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6"/>`,
  unknown: html`<path d="M5.9 6.1A2.1 2.1 0 1 1 8 8.3v.9M8 11.8v.2"/>`,
};

/** A level by shape as well as by colour. */
export const levelIcon = (level: Level): Html =>
  html`<svg class="level-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><circle cx="8" cy="8" r="7.25"/>${shapes[level]}</svg>`;

/** An arrow from one value to the next. */
export const arrow: Html = html`<svg class="arrow" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="M2.5 8h10M9 4.5L12.5 8 9 11.5"/></svg>`;
