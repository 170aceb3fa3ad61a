import { readFileSync } from 'node:fs';
import { FaultsError, parseScalerConfig, type ScalerConfig } from '@sluice/policy';
import { z } from 'zod';
import type { LeaseName } from './lease/kube-lease.ts';

const text = z.string().min(1);
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The scaler's environment; the README's table is checked against it. */
export const environment = z.object({
  CONFIG_FILE: text.describe('Path of the declarative file: JSON, compiled from the policies.'),
  LEASE_NAME: text
    .optional()
    .describe('Name of the Lease that elects who acts; without it this process always acts.'),
  LEASE_NAMESPACE: text.optional().describe('Namespace of the Lease.'),
  POD_NAME: text.describe('Signs the Lease and the Events.'),
  LOG_LEVEL: z.enum(levels).default('info').describe('Least severe level that is logged.'),
  HTTP_HOST: text.default('0.0.0.0').describe('Address of `/metrics`, `/livez` and `/readyz`.'),
  HTTP_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Their port; 0 takes any free one.'),
});

type Environment = z.infer<typeof environment>;

export interface Settings {
  readonly config: ScalerConfig;
  readonly lease: LeaseName | undefined;
  readonly instance: string;
  readonly logLevel: string;
  readonly http: { readonly host: string; readonly port: number };
}

type Parsed<T> = { readonly settings: T } | { readonly faults: readonly string[] };

/** Everything the scaler needs, or every fault of the environment and of the file at once. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Parsed<Settings> {
  const parsed = environment.safeParse(env);
  const file = env.CONFIG_FILE === undefined ? { faults: [] } : readConfigFile(env.CONFIG_FILE);
  const config = 'config' in file ? file.config : undefined;
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => describeIssue(issue, env))),
    ...('faults' in file ? file.faults : []),
    ...leaseFaults(env, config),
  ];
  if (!parsed.success || config === undefined || faults.length > 0) return { faults };
  return { settings: settingsOf(parsed.data, config) };
}

function settingsOf(env: Environment, config: ScalerConfig): Settings {
  const { LEASE_NAME: name, LEASE_NAMESPACE: namespace } = env;
  return {
    config,
    lease: name === undefined || namespace === undefined ? undefined : { name, namespace },
    instance: env.POD_NAME,
    logLevel: env.LOG_LEVEL,
    http: { host: env.HTTP_HOST, port: env.HTTP_PORT },
  };
}

function describeIssue({ path, message }: z.core.$ZodIssue, env: Readonly<Record<string, unknown>>): string {
  const name = String(path[0]);
  return env[name] === undefined ? `'${name}' must be set` : `'${name}' (${env[name]}): ${message}`;
}

/** Faults that span several variables, or variables and the file. */
function leaseFaults(env: Readonly<Record<string, string | undefined>>, config?: ScalerConfig): string[] {
  const { LEASE_NAME: name, LEASE_NAMESPACE: namespace } = env;
  if (name === undefined && namespace === undefined) return [];
  const absent = ['LEASE_NAME', 'LEASE_NAMESPACE'].filter((key) => env[key] === undefined);
  const faults = absent.map((key) => `'${key}' must be set where a Lease is named`);
  const local = config?.workloads.filter(({ target }) => target.kind === 'process') ?? [];
  return [
    ...faults,
    ...local.map((it) => `'LEASE_NAME' (${name}) must be absent where '${it.name}' runs local processes`),
  ];
}

/** The file's content, or every fault of it. */
function readConfigFile(path: string): { config: ScalerConfig } | { faults: readonly string[] } {
  try {
    return { config: parseScalerConfig(JSON.parse(readFileSync(path, 'utf8'))) };
  } catch (error) {
    if (error instanceof FaultsError) return { faults: error.faults };
    const why = error instanceof Error ? error.message : String(error);
    return { faults: [`'CONFIG_FILE' (${path}) must be a JSON file that can be read: ${why}`] };
  }
}
