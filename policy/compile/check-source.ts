import type { Checker, Fields } from '../faults.ts';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  management: ['url', 'vhost', 'queue', 'username', 'passwordFile'],
  'detailed-metrics': ['url', 'vhost', 'queue'],
  prometheus: ['url', 'readyQuery'],
  clock: [],
};

export function checkSource(source: Fields, checker: Checker): void {
  checker.oneOf(source, 'kind', Object.keys(KEYS));
  const required = KEYS[String(source.kind)];
  if (required === undefined) return;
  const optional = source.kind === 'prometheus' ? ['unackedQuery'] : [];
  checker.onlyKeys(source, ['kind', ...required, ...optional]);
  for (const key of required) checker.text(source, key);
  for (const key of optional) if (source[key] !== undefined) checker.text(source, key);
  checkUrl(source.url, checker);
}

/** Credentials in a URL end in logs and in git: the file names only the path of a password. */
function checkUrl(url: unknown, checker: Checker): void {
  if (typeof url !== 'string' || url === '') return;
  if (!URL.canParse(url)) {
    checker.fault('url', withoutCredentials(url), 'must be a URL');
    return;
  }
  const { protocol, username, password } = new URL(url);
  if (!/^https?:$/.test(protocol)) {
    checker.fault('url', withoutCredentials(url), 'must begin with http:// or https://');
  }
  if (username !== '' || password !== '') {
    checker.fault('url', withoutCredentials(url), 'must hold no user name and no password');
  }
}

const withoutCredentials = (url: string): string => url.replace(/\/\/.*@/, '//***@');
