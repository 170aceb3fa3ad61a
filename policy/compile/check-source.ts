import type { Checker, Fields } from '../faults.ts';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  management: ['url', 'vhost', 'queue', 'username', 'passwordFile'],
  'detailed-metrics': ['url', 'vhost', 'queue'],
  prometheus: ['url', 'readyQuery'],
  clock: [],
};

const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  management: ['caFile'],
  'detailed-metrics': ['caFile'],
  prometheus: ['unackedQuery', 'publishedQuery', 'acknowledgedQuery', 'caFile'],
};

export function checkSource(source: Fields, checker: Checker): void {
  checker.oneOf(source, 'kind', Object.keys(KEYS));
  const required = KEYS[String(source.kind)];
  if (required === undefined) return;
  const optional = OPTIONAL[String(source.kind)] ?? [];
  checker.onlyKeys(source, ['kind', ...required, ...optional]);
  for (const key of required) checker.text(source, key);
  for (const key of optional) if (source[key] !== undefined) checker.text(source, key);
  checkUrl(source.url, checker);
  if (source.caFile !== undefined && String(source.url).startsWith('http://'))
    checker.fault(
      'caFile',
      source.caFile,
      "must have a 'url' of scheme https: in clear text nobody is verified",
    );
  const { username } = source;
  if (typeof username === 'string' && username.includes(':'))
    checker.fault('username', username, "must not hold ':', which ends a name in HTTP");
}

/** A host and at most a path: whatever reads it, reads the same. */
const BASE_URL = /^https?:\/\/[^\s/?#@\\"<>^`{|}\p{Cc}]+(\/[^\s?#@\\"<>^`{|}\p{Cc}]*)?$/iu;

/**
 * Credentials in a URL end in logs and in git: the file names only the path of a password. The scaler reads the
 * same URLs with the runtime's parser; a test holds that both take the same.
 */
function checkUrl(url: unknown, checker: Checker): void {
  if (typeof url !== 'string' || url === '') return;
  if (url.includes('@')) {
    checker.fault('url', CONCEALED, 'must hold no user name and no password');
    return;
  }
  const parsed = BASE_URL.test(url) ? URL.parse(url) : null;
  if (parsed !== null && parsed.hostname !== '' && parsed.port !== '0') return;
  const shown = SHOWABLE.test(url) ? url : CONCEALED;
  checker.fault('url', shown, 'must be http:// or https://, a host and at most a port and a path');
}

const CONCEALED = 'not shown: it may hold a password';
/** No part of it can be taken for a password. */
const SHOWABLE = /^[a-z][a-z\d+.-]*:\/\/[a-z\d.-]+(:\d+)?(\/[\w./-]*)?$/i;
