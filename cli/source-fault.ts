import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Node begins the stack of a syntax error with its place and the line, then a caret below the column. */
const PLACE = /^(?<file>(?:file:\/\/)?\/\S+?):(?<line>\d+)\n(?<text>.*)\n(?<rest>(?:.|\n)*)/;
/** It has none where the file ends too early: then the column is that after the line. */
const CARET = /^(?:\n|(?! *\^).+\n)*?( *)\^/;

/**
 * What is wrong with a source file that could not be loaded, as compilers say it: `apps/workloads/consumer.ts:12:7: ...`.
 * @returns undefined where the error is of another kind
 */
export function sourceFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return shorten(error.message);
  const { file, line, text = '', rest = '' } = PLACE.exec(error.stack ?? '')?.groups ?? {};
  if (!(error instanceof SyntaxError) || file === undefined) return undefined;
  const before = CARET.exec(rest)?.[1] ?? text;
  return `${shorten(file)}:${line}:${before.length + 1}: ${error.message}`;
}

/** Paths from the root of the repository. */
const shorten = (text: string): string =>
  text.replaceAll(/(?:file:\/\/)?\/[^\s':]+/g, (path) => {
    const absolute = path.startsWith('file:') ? fileURLToPath(path) : path;
    const inside = relative(ROOT, absolute);
    return inside.startsWith('..') ? absolute : inside;
  });
