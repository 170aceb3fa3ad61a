import type { z } from 'zod';
import { FaultsError } from '../../policy/faults.ts';
import { concealInText } from './broker-url.ts';
import { messageOf } from './errors.ts';
import { aboutField, type Environment } from './fields.ts';
import { Secret, SecretError } from './secrets.ts';

type Fault = string;

/** The environment asks for something that cannot be: every fault at once, none with a secret in it. */
export class ConfigError extends FaultsError {
  override readonly name = 'ConfigError';

  constructor(faults: readonly Fault[]) {
    super('invalid configuration', faults);
  }
}

/**
 * Reads a service's configuration from its environment. An empty variable counts as absent; a secret NAME may
 * also come from the file that NAME_FILE names, and is then read again each time it is used.
 * The forms are zod's, which says its own faults; those of secret files and of conflicts join them in one list.
 * @throws ConfigError with every fault: the variable, its value (never of a secret) and the constraint
 */
export function parseConfig<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  environment: Environment,
): z.output<z.ZodObject<S>> {
  const faults: Fault[] = [];
  const values: Record<string, string | Secret> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = aboutField(field).secret
      ? readSecret(name, environment, faults)
      : presence(environment[name]);
    if (value !== undefined) values[name] = value;
  }
  const parsed = schema.safeParse(values);
  const conflicts = conflictsOf(schema, values, environment);
  if (parsed.success && faults.length + conflicts.length === 0) return parsed.data;
  // A secret whose file gives none is one fault, not also an absent variable.
  const told = (name: string) =>
    values[name] === undefined && (environment[`${name}_FILE`] ?? environment[name] ?? '') !== '';
  const issues = (parsed.error?.issues ?? []).filter(({ path }) => !told(String(path[0])));
  throw new ConfigError([...faults, ...issues.map((issue) => describe(issue, schema, values)), ...conflicts]);
}

/** What variables are not, each by itself a sound one, beside the others. */
const conflictsOf = (
  schema: z.ZodObject,
  values: Readonly<Record<string, string | Secret>>,
  environment: Environment,
): Fault[] =>
  Object.entries(schema.shape).flatMap(([name, field]) => {
    const value = values[name];
    if (typeof value !== 'string') return [];
    const conflict = aboutField(field).conflict?.(value, environment);
    return conflict === undefined ? [] : [`'${name}' (${concealInText(value)}) ${conflict}`];
  });

const presence = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function readSecret(name: string, environment: Environment, faults: Fault[]): Secret | undefined {
  const direct = presence(environment[name]);
  const path = presence(environment[`${name}_FILE`]);
  if (path === undefined)
    return direct === undefined ? undefined : secretFrom(`${name}'`, () => Secret.fromText(direct), faults);
  if (direct !== undefined) {
    faults.push(`'${name}' must not be set together with '${name}_FILE'`);
    return undefined;
  }
  return secretFrom(`${name}_FILE' (${concealInText(path)})`, () => Secret.fromFile(path), faults);
}

/** Read once at once: what is wrong from the start is said at the start. */
function secretFrom(where: string, open: () => Secret, faults: Fault[]): Secret | undefined {
  try {
    const secret = open();
    secret.read();
    return secret;
  } catch (error) {
    faults.push(`'${where} ${error instanceof SecretError ? error.constraint : messageOf(error)}`);
    return undefined;
  }
}

function describe(
  issue: z.core.$ZodIssue,
  schema: z.ZodObject,
  values: Readonly<Record<string, string | Secret>>,
): Fault {
  const name = String(issue.path[0] ?? '');
  const value = values[name];
  if (value === undefined) return `'${name}' ${issue.code === 'custom' ? issue.message : 'must be set'}`;
  if (value instanceof Secret) return `'${name}' ${issue.message}`;
  // A URL with a password may stand in a variable that is none: two of them were mixed up.
  const { conceal = concealInText } = aboutField(schema.shape[name]);
  return `'${name}' (${conceal(value)}) ${issue.message}`;
}
