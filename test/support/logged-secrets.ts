/** Lines with secrets and lines that look like it: what every agent has to do with them. The secret is always `sesame`. */

/** [what it is, a text, the text in the log store] */
export type LoggedText = readonly [title: string, text: string, shown: string];

/** Texts in which a secret is masked. */
export const SECRET_LINES: readonly LoggedText[] = [
  ['a password beside its name', 'login with password=sesame failed', 'login with **** failed'],
  ['a name in other letters', 'DB_PASSWORD: sesame;retry', '****;retry'],
  ['a name with a hyphen', 'sent x-api-key: sesame, ok', 'sent ****, ok'],
  ['a quoted one', 'config: {"api_key": "sesame"} read', 'config: {"****} read'],
  ['one in quotes of its own', "set secret='open sesame' twice", 'set **** twice'],
  [
    'one whose quotes are escaped',
    String.raw`body {\"token\":\"sesame\"} sent`,
    String.raw`body {\"****} sent`,
  ],
  ['one that is cut off', 'token="open sesame', '****'],
  ['a header', 'sent Authorization: Bearer sesame.sesame-1 to it', 'sent Authorization: **** to it'],
  [
    'a header of another scheme',
    'sent authorization: basic c2VzYW1l/sesame== to it',
    'sent authorization: **** to it',
  ],
  ['a header behind a name', 'access_token: Bearer sesame.sesame-1 used', '**** used'],
  ['the user of a URL', 'dial amqp://jobs:sesame@broker/x', 'dial ****broker/x'],
  ['a parameter of a URL', 'GET /jobs?access_token=sesame&page=2', 'GET /jobs?****&page=2'],
  ['a key of AWS', 'key AKIAIOSFODNN7EXAMPLE used', 'key **** used'],
  ['a key of a session of AWS', '(ASIAIOSFODNN7EXAMPLE)', '(****)'],
  ['a token', 'got eyJhbGciOi.eyJzdWIi.sesame back', 'got **** back'],
  [
    'a private key',
    'read -----BEGIN RSA PRIVATE KEY-----\nsesame\n-----END RSA PRIVATE KEY----- from disk',
    'read **** from disk',
  ],
  [
    'a private key behind a name',
    'secret: -----BEGIN PRIVATE KEY-----\n sesame\n-----END PRIVATE KEY-----',
    '****',
  ],
  ['a private key that is cut off', 'read -----BEGIN PRIVATE KEY-----\nsesame', 'read ****'],
  ['one behind two names', 'bad token: password: sesame; retry', 'bad ****; retry'],
  ['two of them', 'password=sesame token=sesame', '**** ****'],
];

/** Texts that stay as they are. */
export const HARMLESS_LINES: readonly LoggedText[] = [
  ...[
    ...['the token bucket is full', 'tokens: 12', 'passwordless login of ann', 'monkey=3 compass: north'],
    ...['see https://example.com:8443/a@b', 'mail to ann@example.com: sent', 'basic auth is off'],
    ...['AKIA is a prefix', 'AKIAIOSFODNN7EXAMPLE2 is longer', 'eyJ is one too', 'a bearer of 3 news'],
    ...['-----BEGIN CERTIFICATE-----', 'password reset was asked for', 'key=value', '{"level":"info","msg":'],
  ].map((text): LoggedText => [text, text, text]),
];

/** A JSON line, and the fields of its record by their paths: those of lists have numbers from 0. */
export interface LoggedFields {
  readonly title: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly shown: Readonly<Record<string, string>>;
}

/** Lines of JSON in which fields are masked by their names, or texts in fields by their form. */
export const SECRET_FIELDS: readonly LoggedFields[] = [
  {
    title: 'by their names, at any depth, and keeps those that are none',
    fields: {
      ...{ user: { password: 'sesame', name: 'ann' }, tokens: 12, accessToken: 'sesame' },
      ...{ compass: 'north', db: { pass: 'sesame', host: { DB_PWD: 'sesame' } }, pin_token: 1234 },
    },
    shown: {
      ...{ 'user.password': '****', 'user.name': 'ann', tokens: '12', accessToken: '****' },
      ...{ compass: 'north', 'db.pass': '****', 'db.host.DB_PWD': '****', pin_token: '****' },
    },
  },
  {
    title: 'in lists',
    fields: { headers: { Cookie: ['sesame', 'id=sesame'], Accept: ['a/b'] }, users: [{ secret: 'sesame' }] },
    shown: {
      ...{ 'headers.Cookie.0': '****', 'headers.Cookie.1': '****', 'headers.Accept.0': 'a/b' },
      'users.0.secret': '****',
    },
  },
  {
    title: 'by the form of their text',
    fields: {
      err: { message: 'no amqp://jobs:sesame@broker' },
      secret: { name: 'orders', namespace: 'shop' },
    },
    shown: { 'err.message': 'no ****broker', 'secret.name': 'orders', 'secret.namespace': 'shop' },
  },
];

/** The fields of a record by their paths, each as a text: as a store holds them that knows no nesting. */
export function flattened(value: unknown, path = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [path]: String(value) };
  const prefix = path === '' ? '' : `${path}.`;
  const parts = Object.entries(value).map(([key, item]) => flattened(item, `${prefix}${key}`));
  return Object.assign({}, ...parts);
}
