/** Reads rendered manifests in tests. */
import { parse } from 'yaml';

/** An object of any kind: its reader names the fields, and an expectation fails where one is missing. */
// biome-ignore lint/suspicious/noExplicitAny: no type holds the fields of all kinds
export type RenderedObject = any;

/** A reader of the objects among `files` (path -> YAML), by path; it throws where a path is not rendered. */
export const objectReader =
  (files: ReadonlyMap<string, string>) =>
  (path: string): RenderedObject => {
    const text = files.get(path);
    if (text === undefined) throw new Error(`'${path}' is not rendered`);
    return parse(text);
  };
