import {
  AuthoritiesError,
  type Credentials,
  readAuthorities,
  readSecretFile,
  Secret,
  SecretError,
} from '@sluice/runtime';
import * as z from 'zod';
import { parseSubnet } from './addresses.ts';
import { parseOriginPattern, parseTargetUrl } from './allow-list.ts';
import { evaluate, type JSONValue } from './expression.ts';
import { readYaml } from './faults.ts';
import type { Module } from './mapping.ts';
import { asFetchError, type FailureReason, FetchError } from './probe.ts';
import { type SeriesColumns, SeriesTable } from './series.ts';

/** A target that is read in turn, and how long its values are exposed. */
export interface TargetOptions {
  readonly name: string;
  readonly module: Module;
  readonly maxSeries: number;
  /** Age from which values are not exposed any more; counted from the beginning of their fetch. */
  readonly staleAfterMs: number;
  /** @throws FetchError */
  readonly fetch: () => Promise<JSONValue>;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
}

/** What became of one fetch. */
export type Outcome = { readonly durationSeconds: number } & (Success | Failure);

interface Success {
  readonly failure?: undefined;
  readonly series: number;
  /** Values that could not be exposed. */
  readonly invalid: number;
  /** A counter of the source has started again. */
  readonly restarted: boolean;
}

interface Failure {
  readonly failure: { readonly reason: FailureReason; readonly message: string };
}

/** One source of documents, and the series of the last one. */
export class Target {
  readonly name: string;
  readonly #options: TargetOptions;
  readonly #now: () => number;
  readonly #table: SeriesTable;
  #series: SeriesColumns | undefined;
  #freshUntil = Number.NEGATIVE_INFINITY;

  constructor(options: TargetOptions) {
    this.name = options.name;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#table = new SeriesTable(options.maxSeries);
  }

  /** Fetches once; what failed leaves the series as they are. */
  async fetch(): Promise<Outcome> {
    const began = this.#now();
    const done = () => ({ durationSeconds: (this.#now() - began) / 1000 });
    try {
      const success = this.#take(await this.#options.fetch(), began);
      return { ...done(), ...success };
    } catch (error) {
      const { reason, message } = asFetchError(error);
      return { ...done(), failure: { reason, message } };
    }
  }

  /** The series of the last document, undefined when it is too old. */
  series(): SeriesColumns | undefined {
    return this.#now() < this.#freshUntil ? this.#series : undefined;
  }

  #take(document: JSONValue, began: number): Success {
    const { module, name, maxSeries, staleAfterMs } = this.#options;
    const { readings, invalid } = evaluate(document, { module, target: name, maxSeries });
    const { series, duplicates, restarted } = this.#table.update(readings);
    this.#series = series;
    this.#freshUntil = began + staleAfterMs;
    return { series: series.ids.length, invalid: invalid + duplicates, restarted };
  }
}

/** Text that `parse` takes. */
const parsedBy = <T>(parse: (text: string) => T | undefined, message: string) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

type Environment = Readonly<Record<string, string | undefined>>;

/** What a targets file must fit. */
export interface Surroundings {
  /** Names of the modules. */
  readonly modules: readonly string[];
  /** The longest time-out. */
  readonly intervalSeconds: number;
  readonly environment: Environment;
}

/** Empty where it is not set: any object has a `constructor`, which is no variable. */
const variableOf = (environment: Environment, name: string): string =>
  (Object.hasOwn(environment, name) ? environment[name] : undefined) ?? '';

const basicAuthSchema = ({ environment }: Surroundings) =>
  z
    .strictObject({
      username: z.string().regex(/^[^:]+$/, { error: "must be text without ':'" }),
      /** Read for each request: a password that is changed needs no restart. */
      passwordFile: z
        .string()
        .refine((file) => isSecret(() => readSecretFile(file)), {
          error: 'must be a file that holds a secret of one line',
        })
        .optional(),
      /** Name of an environment variable. */
      passwordVariable: z
        .string()
        .refine((name) => isSecret(() => Secret.fromText(variableOf(environment, name))), {
          error: 'must be a variable that is set, to a secret of one line',
        })
        .optional(),
    })
    .refine(({ passwordFile, passwordVariable }) => !passwordFile !== !passwordVariable, {
      error: "must have either 'passwordFile' or 'passwordVariable'",
    });

const targetSchema = (around: Surroundings) =>
  z
    .strictObject({
      name: z.string().regex(/^[\w.-]{1,100}$/, { error: 'must be 1 to 100 letters, digits, _, . or -' }),
      url: parsedBy(parseTargetUrl, 'must be a URL of scheme http or https, without credentials'),
      module: z.string().refine((name) => around.modules.includes(name), {
        error: `must be one of ${around.modules.join(', ')}`,
      }),
      timeoutSeconds: z
        .number()
        .positive({ error: 'must be above 0' })
        .max(around.intervalSeconds, { error: `must not exceed the interval (${around.intervalSeconds})` })
        .optional(),
      basicAuth: basicAuthSchema(around).optional(),
      /** The authorities that verify the server; read for each request, so that a replacement needs no restart. */
      caFile: z
        .string()
        .refine(holdsAuthorities, { error: 'must be a file that holds certificates in PEM' })
        .optional(),
    })
    .refine(({ caFile, url }) => caFile === undefined || url.protocol === 'https:', {
      error: "must have a 'url' of scheme https beside 'caFile': in clear text no server is verified",
    });

/** What is fetched, and what may be. */
export const targetsSchema = (around: Surroundings) =>
  z.strictObject({
    targets: z.array(targetSchema(around)).superRefine(refuseRepeated).default([]),
    allow: z
      .array(parsedBy(parseOriginPattern, 'must be an origin such as http://host:8080 or https://*.domain'))
      .default([]),
    allowAddresses: z.array(parsedBy(parseSubnet, 'must be a subnet such as 127.0.0.0/8')).default([]),
  });

export type TargetsFile = z.output<ReturnType<typeof targetsSchema>>;
export type TargetEntry = TargetsFile['targets'][number];
type BasicAuth = NonNullable<TargetEntry['basicAuth']>;

/** @param faults Takes every fault of the file, also where it does not fit what is around it */
export const readTargets = (path: string, around: Surroundings, faults: string[]): TargetsFile =>
  readYaml(path, targetsSchema(around), faults) ?? { targets: [], allow: [], allowAddresses: [] };

function refuseRepeated(targets: readonly { readonly name: string }[], context: z.RefinementCtx): void {
  const first = new Map(targets.map(({ name }, index) => [name, index] as const).reverse());
  for (const [index, { name }] of targets.entries()) {
    if (first.get(name) === index) continue;
    context.addIssue({ code: 'custom', path: [index, 'name'], message: 'must be the name of one target' });
  }
}

const isSecret = (read: () => unknown): boolean => reads(read, SecretError);
const holdsAuthorities = (file: string): boolean => reads(() => readAuthorities(file), AuthoritiesError);

function reads(read: () => unknown, fault: typeof SecretError | typeof AuthoritiesError): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof fault) return false;
    throw error;
  }
}

/** Read for each request. @throws FetchError credentials */
export function credentialsOf(auth: BasicAuth, environment: Environment): Credentials {
  const { username, passwordFile: file, passwordVariable: name } = auth;
  try {
    const secret =
      file === undefined ? Secret.fromText(variableOf(environment, name ?? '')) : Secret.fromFile(file);
    return { username, password: secret.read() };
  } catch (error) {
    throw error instanceof SecretError ? new FetchError('credentials', error.message) : error;
  }
}
