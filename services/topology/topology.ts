// biome-ignore lint/style/noRestrictedImports: the file is configuration and holds no secret
import { readFileSync } from 'node:fs';
import { ConfigError, readFaultOf, readSecretFile, SecretError } from '@sluice/runtime';
import * as z from 'zod';
import { faultOfPattern } from './declare.ts';

/** AMQP's short strings are counted in bytes. */
const short = z.string().refine((text) => Buffer.byteLength(text) <= 255 && text.isWellFormed(), {
  error: 'must be 255 bytes at most',
});
/** A path of the management API is made of it, in which '.' and '..' would lead elsewhere. */
const name = short.refine((text) => !/^\.{0,2}$/.test(text), {
  error: "must be a name, and not '.' or '..'",
});
const pattern = z.string().superRefine((source, context) => {
  const fault = faultOfPattern(source);
  if (fault !== undefined)
    context.addIssue({ code: 'custom', message: `must be a regular expression: it ${fault}` });
});

const exchange = z.strictObject({
  name,
  type: z.enum(['direct', 'fanout', 'topic', 'headers']),
  durable: z.boolean(),
});

const policy = z.strictObject({
  name,
  /** The pattern of the names that it applies to. */
  pattern,
  applyTo: z.enum(['queues', 'exchanges', 'all']),
  definition: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The highest one of those that match applies. */
  priority: z.int().default(0),
});

const user = z.strictObject({
  name,
  tags: z.array(z.enum(['administrator', 'monitoring', 'policymaker', 'management', 'impersonator'])),
  /** Path of the file with the password, read as every service reads a secret. */
  passwordFile: z.string().min(1),
  /** Regular expressions of the names that may be configured, written and read. */
  permissions: z.strictObject({ configure: pattern, write: pattern, read: pattern }),
});

/** The desired state of the broker: the content of TOPOLOGY_FILE. */
export const topologySchema = z.strictObject({
  vhost: name,
  exchanges: z.array(exchange),
  /** No arguments: what a queue does comes from policies, which can change without deleting it. */
  queues: z.array(z.strictObject({ name, durable: z.boolean() })),
  bindings: z.array(z.strictObject({ exchange: name, queue: name, routingKey: short })),
  policies: z.array(policy),
  users: z.array(user),
});

export type Topology = z.output<typeof topologySchema>;

/** @throws ConfigError with every fault: the path in the document and the constraint */
export function parseTopology(data: unknown): Topology {
  const parsed = topologySchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => `'${path.join('.') || 'topology'}': ${message}`),
  );
}

/** @throws ConfigError when the file cannot be read, is not JSON, or has faults */
export function readTopologyFile(path: string): Topology {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError([
      `'TOPOLOGY_FILE' (${path}) must be a JSON file that can be read: ${readFaultOf(error)}`,
    ]);
  }
  return parseTopology(data);
}

/** @returns user -> password. @throws ConfigError naming every file that gives none */
export function readPasswords({ users }: Topology): ReadonlyMap<string, string> {
  const faults: string[] = [];
  const passwords = new Map<string, string>();
  for (const { name: user, passwordFile } of users) {
    try {
      passwords.set(user, readSecretFile(passwordFile));
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      faults.push(`password file of user '${user}' (${passwordFile}) ${error.constraint}`);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return passwords;
}
