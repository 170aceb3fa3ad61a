// biome-ignore lint/style/noRestrictedImports: the file is configuration and holds no secret
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Credentials, HttpRequestError, type Logger, readSecretFile, request } from '@sluice/runtime';
import {
  type DeclaredRequest,
  type LogDeclaration,
  parseDeclaration,
} from '../../packages/contracts/log-declaration.ts';
import { shortened } from './sources/source.ts';

/** Where a declaration is sent, and as which user. */
export interface Declaring {
  readonly declaration: LogDeclaration;
  /** Without a path. */
  readonly urls: Readonly<Record<DeclaredRequest['server'], string | undefined>>;
  /** Of a user who may do all of it; read for each request. */
  readonly credentials: (() => Credentials) | undefined;
  readonly authoritiesFile: string | undefined;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds between two tries of a server that is not there yet. @default 2000 */
  readonly pauseMs?: number;
}

/** What of a declaration does not stand; each with its reason, without secrets. */
export class NotDeclaredError extends Error {
  override readonly name = 'NotDeclaredError';
  readonly refusals: readonly string[];

  constructor(refusals: readonly string[]) {
    super(`not declared: ${refusals.join('; ')}`);
    this.refusals = refusals;
  }
}

/** @throws where the file cannot be read, and {DeclarationError} where it is no declaration */
export const readDeclaration = (path: string): LogDeclaration => parseDeclaration(readFileSync(path, 'utf8'));

const REQUEST_MS = 30_000;
const PAUSE_MS = 2000;
/** A server that starts, or that is too busy: another try may succeed. */
const AGAIN: ReadonlySet<number> = new Set([401, 408, 429, 502, 503, 504]);

/**
 * Sends every request in its order, so that it stands when the next is sent; all of them replace what is there. After
 * a refusal nothing further is sent to that server: what comes later needs what comes before.
 * @returns what was declared
 * @throws {NotDeclaredError} where a server refuses; the signal's reason where one does not answer in time
 */
export async function declare(declaring: Declaring, signal: AbortSignal): Promise<readonly string[]> {
  const done: string[] = [];
  const refusals = new Map<DeclaredRequest['server'], string>();
  for (const one of declaring.declaration.requests) {
    if (refusals.has(one.server)) continue;
    const refusal = await sendUntilTaken(declaring, one, signal);
    if (refusal === undefined) done.push(one.what);
    else refusals.set(one.server, `${one.what}: ${refusal}`);
  }
  if (refusals.size > 0) throw new NotDeclaredError([...refusals.values()]);
  return done;
}

/** @returns why it was refused */
async function sendUntilTaken(
  declaring: Declaring,
  one: DeclaredRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let told = ''; ; ) {
    const result = await send(declaring, one, signal);
    if (typeof result !== 'object') return result;
    if (result.waiting !== told)
      declaring.log.warn({ server: one.server, error: result.waiting }, 'waiting for the server');
    told = result.waiting;
    await delay(declaring.pauseMs ?? PAUSE_MS, undefined, { signal });
  }
}

/** @returns nothing where it was taken, a text where it was refused, or what is waited for */
async function send(
  { urls, credentials, authoritiesFile }: Declaring,
  one: DeclaredRequest,
  signal: AbortSignal,
): Promise<undefined | string | { readonly waiting: string }> {
  const url = urls[one.server];
  if (url === undefined) return `there is no address of ${one.server}`;
  signal.throwIfAborted();
  try {
    const { status, body } = await request({
      ...{ url: new URL(one.path, url), method: one.method, ...contentOf(one) },
      ...{ credentials: credentials?.(), authoritiesFile, timeoutMs: REQUEST_MS, signal },
    });
    if (AGAIN.has(status)) return { waiting: `${one.server} answers ${status}` };
    return refusalOf(one, status, body);
  } catch (error) {
    if (!(error instanceof HttpRequestError) || signal.aborted) throw error;
    return { waiting: error.message };
  }
}

/** An import answers 200 with what it did not take. */
function refusalOf(one: DeclaredRequest, status: number, body: Buffer): string | undefined {
  if (status < 200 || status >= 300) return `${status} ${shortened(body)}`;
  const failed = one.savedObjects !== undefined && !/"success":\s*true/.test(body.toString('utf8'));
  return failed ? `not all were imported: ${shortened(body)}` : undefined;
}

const BOUNDARY = 'sluice-saved-objects';

function contentOf({ body, passwordFile, savedObjects }: DeclaredRequest) {
  if (savedObjects !== undefined) {
    const lines = savedObjects.map((object) => JSON.stringify(object)).join('\n');
    return {
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'kbn-xsrf': 'true' },
      body: [
        `--${BOUNDARY}`,
        'content-disposition: form-data; name="file"; filename="objects.ndjson"',
        ...['content-type: application/ndjson', '', lines, `--${BOUNDARY}--`, ''],
      ].join('\r\n'),
    };
  }
  const password = passwordFile === undefined ? {} : { password: readSecretFile(passwordFile) };
  return {
    headers: { 'content-type': 'application/json', 'kbn-xsrf': 'true' },
    ...(body !== undefined && { body: JSON.stringify({ ...body, ...password }) }),
  };
}
