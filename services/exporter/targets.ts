import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseSubnet } from './addresses.ts';
import { parseOriginPattern, parseTargetUrl } from './allow-list.ts';
import { FetchError } from './failure.ts';
import { readYaml } from './faults.ts';

/** Text that `parse` takes. */
const parsedBy = <T>(parse: (text: string) => T | undefined, message: string) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const named = (message: string) => z.string().min(1, { error: message });

const basicAuth = z.strictObject({
  username: z.string().regex(/^[^:]+$/, { error: "must be text without ':'" }),
  /** Read for each request: a password that is changed needs no restart. A line break at its end is not part of it. */
  passwordFile: named('must name a file').optional(),
  /** Name of an environment variable. */
  passwordVariable: named('must name a variable').optional(),
});

const target = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,100}$/, { error: 'must be 1 to 100 letters, digits, _, . or -' }),
  url: parsedBy(parseTargetUrl, 'must be a URL of scheme http or https, without credentials'),
  module: z.string(),
  timeoutSeconds: z.number().positive({ error: 'must be above 0' }).optional(),
  basicAuth: basicAuth.optional(),
});

/** What is fetched, and what may be. */
export const targetsSchema = z.strictObject({
  targets: z.array(target).default([]),
  allow: z
    .array(parsedBy(parseOriginPattern, 'must be an origin such as http://host:8080 or https://*.domain'))
    .default([]),
  allowAddresses: z.array(parsedBy(parseSubnet, 'must be a subnet such as 127.0.0.0/8')).default([]),
});

export type TargetsFile = z.output<typeof targetsSchema>;
export type TargetEntry = TargetsFile['targets'][number];
type BasicAuth = z.output<typeof basicAuth>;
type Environment = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  /** Names of the modules. */
  readonly modules: readonly string[];
  /** The longest time-out. */
  readonly intervalSeconds: number;
  readonly environment: Environment;
}

/** @param faults Takes every fault of the file, also where it does not fit the modules or the environment */
export function readTargets(path: string, around: Surroundings, faults: string[]): TargetsFile {
  const file = readYaml(path, targetsSchema, faults) ?? { targets: [], allow: [], allowAddresses: [] };
  const names = new Set<string>();
  for (const entry of file.targets) {
    const found = [...(names.has(entry.name) ? ['is there more than once'] : []), ...faultsOf(entry, around)];
    faults.push(...found.map((fault) => `${path}: target '${entry.name}' ${fault}`));
    names.add(entry.name);
  }
  return file;
}

function faultsOf(
  { module, timeoutSeconds = 0, basicAuth: auth }: TargetEntry,
  { modules, intervalSeconds, environment }: Surroundings,
): string[] {
  const faults: string[] = [];
  if (!modules.includes(module)) faults.push(`'module' (${module}) must be one of ${modules.join(', ')}`);
  if (timeoutSeconds > intervalSeconds)
    faults.push(`'timeoutSeconds' (${timeoutSeconds}) must not exceed the interval (${intervalSeconds})`);
  if (auth !== undefined) faults.push(...authFaults(auth, environment));
  return faults;
}

function authFaults({ passwordFile: file, passwordVariable: name }: BasicAuth, env: Environment): string[] {
  if ((file === undefined) === (name === undefined))
    return [`'basicAuth' must have either 'passwordFile' or 'passwordVariable'`];
  if (name !== undefined)
    return (env[name] ?? '') === '' ? [`'basicAuth.passwordVariable' (${name}) must be set`] : [];
  try {
    accessSync(file ?? '', constants.R_OK);
    return [];
  } catch (error) {
    const why = (error as Error).message;
    return [`'basicAuth.passwordFile' (${file}) must be a file that can be read: ${why}`];
  }
}

/** @returns the Authorization header's value. @throws FetchError credentials */
export async function authorizationOf(auth: BasicAuth, environment: Environment): Promise<string> {
  const { username, passwordFile: file, passwordVariable: name } = auth;
  const password = file === undefined ? (environment[name ?? ''] ?? '') : await readPassword(file);
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    throw new FetchError('credentials', `the password file '${file}' cannot be read`);
  }
}
