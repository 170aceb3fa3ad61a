// biome-ignore lint/style/noRestrictedImports: the file is configuration and holds no secret
import { readFileSync } from 'node:fs';
import { concealCredentials, concealInText } from '@sluice/runtime';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** The longest part of a value that a fault shows. */
const SHOWN = 60;

/**
 * Reads a YAML file by a schema.
 * @param faults Takes every fault: the file, the property, its value and the constraint
 * @returns undefined when it has faults
 */
export function readYaml<S extends z.ZodType>(
  path: string,
  schema: S,
  faults: string[],
): z.output<S> | undefined {
  try {
    return parseByYaml(path, readFileSync(path, 'utf8'), schema, faults);
  } catch (error) {
    faults.push(`${path}: must be a file that can be read: ${(error as Error).message}`);
    return undefined;
  }
}

/** @param path Of the text, for its faults */
export function parseByYaml<S extends z.ZodType>(
  path: string,
  text: string,
  schema: S,
  faults: string[],
): z.output<S> | undefined {
  const found: string[] = [];
  const data = parseYaml(text, found);
  const parsed = found.length === 0 ? schema.safeParse(data) : undefined;
  found.push(...(parsed?.error?.issues ?? []).map((issue) => describe(issue, data)));
  faults.push(...found.map((fault) => `${path}: ${fault}`));
  return parsed?.data;
}

/** Faults say what and where, without the text: it may hold a password where none belongs. */
function parseYaml(text: string, faults: string[]): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent', lineCounter });
  const found = [...document.errors, ...document.warnings];
  const lineOf = ({ pos }: (typeof found)[number]): number => lineCounter.linePos(pos[0]).line;
  faults.push(...found.map((one) => `must be YAML: ${words(one.code)} at line ${lineOf(one)}`));
  if (found.length > 0) return undefined;
  try {
    return document.toJS();
  } catch {
    // Aliases without an anchor, or so many that they would fill the memory.
    faults.push('must be YAML whose aliases can be followed');
    return undefined;
  }
}

/** 'DUPLICATE_KEY' -> 'duplicate key' */
const words = (code: string): string => code.toLowerCase().replaceAll('_', ' ');

const shownKey = (key: string): string => (/^[\w. -]{1,60}$/.test(key) ? key : 'a key that is no name');

function describe(issue: z.core.$ZodIssue, data: unknown): string {
  // A slip of a quotation mark makes a key of what holds a password.
  const subject = issue.path.length === 0 ? 'the file' : `'${issue.path.map(shown).join('.')}'`;
  if (issue.code === 'unrecognized_keys')
    return `${subject} must not have '${issue.keys.map(shownKey).join("', '")}'`;
  // The key is the fault, whatever it holds.
  if (issue.code === 'invalid_key') return `${subject} ${issue.issues[0]?.message ?? issue.message}`;
  const constraint = issue.code === 'invalid_type' ? `must be of type ${issue.expected}` : issue.message;
  const value = issue.path.reduce(member, data);
  return `${subject} (${shownAt(issue.path, value)}) ${constraint}`;
}

/** In the place of a URL or of credentials, any part of a wrong value may be a password. */
function shownAt(path: readonly PropertyKey[], value: unknown): string {
  if (typeof value !== 'string') return shown(value);
  // A file that is no object is all of what was meant to be one.
  if (path.length === 0 || path.at(-1) === 'basicAuth') return 'a text';
  if (path.at(-1) === 'url') return concealCredentials(value).slice(0, SHOWN);
  // A torn URL has no scheme and no colon any more, and may stand anywhere.
  return shown(value.replace(/^.*@(?=[\w[])/s, '[concealed]@'));
}

const member = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return 'a list';
  // It may hold a password where none belongs.
  if (typeof value === 'object' && value !== null) return 'an object';
  return concealInText(String(value)).slice(0, SHOWN);
}
