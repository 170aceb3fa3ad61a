import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { aboutField } from './fields.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Fault = string;

/** The environment asks for something that cannot be: every fault at once, none with a secret in it. */
export class ConfigError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(`invalid configuration: ${faults.join('; ')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads a service's configuration from its environment. An empty variable counts as absent; a secret NAME may
 * also come from the file that NAME_FILE names, whose trailing line break is not part of it.
 * @throws ConfigError with every fault: the variable, its value (never of a secret) and the constraint
 */
export function parseConfig<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  environment: Environment,
): z.output<z.ZodObject<S>> {
  const faults: Fault[] = [];
  const values: Record<string, string> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = aboutField(field).secret
      ? readSecret(name, environment, faults)
      : presence(environment[name]);
    if (value !== undefined) values[name] = value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success && faults.length === 0) return parsed.data;
  // A secret whose file gives none is one fault, not also an absent variable.
  const told = (name: string) => values[name] === undefined && environment[`${name}_FILE`] !== undefined;
  const issues = (parsed.error?.issues ?? []).filter(({ path }) => !told(String(path[0])));
  throw new ConfigError([...faults, ...issues.map((issue) => describe(issue, schema, values))]);
}

const presence = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function readSecret(name: string, environment: Environment, faults: Fault[]): string | undefined {
  const direct = presence(environment[name]);
  const path = presence(environment[`${name}_FILE`]);
  if (path === undefined) return direct;
  if (direct !== undefined) {
    faults.push(`'${name}' must not be set together with '${name}_FILE'`);
    return direct;
  }
  try {
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (secret === '') faults.push(`'${name}_FILE' (${path}) must not be empty`);
    return presence(secret);
  } catch (error) {
    faults.push(`'${name}_FILE' (${path}) must be a file that can be read: ${(error as Error).message}`);
    return undefined;
  }
}

function describe(
  issue: z.core.$ZodIssue,
  schema: z.ZodObject,
  values: Readonly<Record<string, string>>,
): Fault {
  const name = String(issue.path[0] ?? '');
  const value = values[name];
  if (value === undefined) return `'${name}' ${issue.code === 'custom' ? issue.message : 'must be set'}`;
  const { secret, conceal } = aboutField(schema.shape[name]);
  return secret ? `'${name}' ${issue.message}` : `'${name}' (${conceal?.(value) ?? value}) ${issue.message}`;
}
