import type { Level } from '../model/health.ts';
import { type Html, html } from './html.ts';

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
