import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
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
  const found: string[] = [];
  const data = parseYaml(path, found);
  const parsed = found.length === 0 ? schema.safeParse(data) : undefined;
  found.push(...(parsed?.error?.issues ?? []).map((issue) => describe(issue, data)));
  faults.push(...found.map((fault) => `${path}: ${fault}`));
  return parsed?.data;
}

function parseYaml(path: string, faults: string[]): unknown {
  try {
    const document = parseDocument(readFileSync(path, 'utf8'));
    faults.push(...[...document.errors, ...document.warnings].map(({ message }) => firstLine(message)));
    return document.errors.length === 0 ? document.toJS() : undefined;
  } catch (error) {
    faults.push(`must be a file that can be read: ${(error as Error).message}`);
    return undefined;
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function describe(issue: z.core.$ZodIssue, data: unknown): string {
  const subject = issue.path.length === 0 ? 'the file' : `'${issue.path.join('.')}'`;
  if (issue.code === 'unrecognized_keys') return `${subject} must not have '${issue.keys.join("', '")}'`;
  // The key is the fault, whatever it holds.
  if (issue.code === 'invalid_key') return `${subject} ${issue.issues[0]?.message ?? issue.message}`;
  const constraint = issue.code === 'invalid_type' ? `must be of type ${issue.expected}` : issue.message;
  return `${subject} (${shown(issue.path.reduce(member, data))}) ${constraint}`;
}

const member = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return 'a list';
  // It may hold a password where none belongs.
  if (typeof value === 'object' && value !== null) return 'an object';
  return withoutCredentials(String(value)).slice(0, SHOWN);
}

/** `http://user:password@host` also when the rest of it is no URL. */
const withoutCredentials = (text: string): string => text.replace(/(\w+:\/\/)?[^\s"]*:[^\s"]*@/g, '$1***@');
