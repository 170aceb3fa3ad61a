/** What is to stand on a log store and its page: requests in their order, as data; whoever sends them knows no more. */
import * as z from 'zod';

/** The servers that a declaration is made to. */
export const DECLARED_SERVERS = ['elasticsearch', 'kibana'] as const;

const declared = z.strictObject({
  /** What it makes, for logs and errors: 'index template logs-pods'. */
  what: z.string().min(1),
  server: z.enum(DECLARED_SERVERS),
  /** PUT replaces what is there; the one POST is Kibana's import, which overwrites. */
  method: z.enum(['PUT', 'POST']),
  path: z.string().startsWith('/'),
  body: z.record(z.string(), z.unknown()).optional(),
  /** A file with one password, which is sent as the body's `password`. */
  passwordFile: z.string().startsWith('/').optional(),
  /** Saved objects of Kibana: they are sent as a file of a form. */
  savedObjects: z.array(z.record(z.string(), z.unknown())).optional(),
});

const declaration = z.strictObject({ requests: z.array(declared).min(1) });

export type DeclaredRequest = z.output<typeof declared>;
export type LogDeclaration = z.output<typeof declaration>;

/** A file is no declaration. Its message names each property and the constraint. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/** @throws {DeclarationError} with every fault */
export function parseDeclaration(text: string): LogDeclaration {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DeclarationError('the declaration is no JSON');
  }
  const { success, data, error } = declaration.safeParse(value);
  if (success) return data;
  throw new DeclarationError(
    `the declaration has faults: ${error.issues.map(({ path, message }) => `'${path.join('.')}': ${message}`).join('; ')}`,
  );
}
