import {
  type Credentials,
  type HttpFailure,
  HttpRequestError,
  type HttpResponse,
  JsonError,
  MAX_BODY_BYTES,
  MAX_JSON_VALUES,
  parseBoundedJson,
  request,
} from '@sluice/runtime';
import type { AddressGuard } from './addresses.ts';
import { type JSONValue, LargeInteger } from './expression.ts';
import { type FailureReason, FetchError } from './probe.ts';

/** A document to be fetched, and the bounds of that. */
export interface DocumentRequest {
  /** Scheme http or https, without credentials. */
  readonly url: URL;
  readonly guard: AddressGuard;
  readonly credentials?: Credentials | undefined;
  /** PEM file of the authorities that verify an https server; read for each request. @default the public ones */
  readonly caFile?: string | undefined;
  /** Milliseconds from the look-up of the name to the end of the body. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/**
 * The JSON of a GET that was answered with 200. Redirects are not followed: they could lead anywhere.
 * @throws FetchError
 */
export async function fetchDocument(asked: DocumentRequest): Promise<JSONValue> {
  const { status, body } = await answerOf(asked);
  if (status !== 200) throw new FetchError('http-status', `answered ${status}`);
  try {
    return parseBoundedJson(body.toString('utf8'), {
      maxValues: valuesWithin(asked.maxBytes),
      largeInteger: (digits) => new LargeInteger(digits),
    }) as JSONValue;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new FetchError(error.reason, `answered with what ${error.message}`);
  }
}

/** Values take memory whatever their length; who allows longer documents allows more of them. */
const valuesWithin = (bytes: number): number =>
  Math.ceil(MAX_JSON_VALUES * Math.max(1, bytes / MAX_BODY_BYTES));

async function answerOf(asked: DocumentRequest): Promise<HttpResponse> {
  const { url, guard, credentials, caFile, timeoutMs, maxBytes } = asked;
  guard.check(url);
  const { lookup } = guard;
  const headers = { accept: 'application/json' };
  try {
    return await request({
      ...{ url, headers, credentials, timeoutMs, maxBytes, lookup },
      authoritiesFile: caFile,
    });
  } catch (error) {
    throw error instanceof HttpRequestError ? fetchErrorOf(error) : error;
  }
}

const REASONS: Readonly<Record<HttpFailure, FailureReason>> = {
  timeout: 'timeout',
  aborted: 'timeout',
  unreachable: 'unreachable',
  untrusted: 'untrusted',
  'bad-answer': 'unreachable',
  redirect: 'redirect',
  'too-large': 'too-large',
  'bad-encoding': 'bad-encoding',
  'bad-request': 'broken',
};

/** What the guard refused is said by the guard. */
const fetchErrorOf = ({ reason, message, cause }: HttpRequestError): FetchError =>
  cause instanceof FetchError ? cause : new FetchError(REASONS[reason], message);
