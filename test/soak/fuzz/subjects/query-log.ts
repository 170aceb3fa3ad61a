import { parse as parseQuery } from 'node:querystring';
import { parseConfig } from '@sluice/runtime';
import fc from 'fast-check';
import { environment } from '../../../../services/api/config.ts';
import { type Query, redaction } from '../../../../services/api/query.ts';
import { queryLog } from '../../../../services/api/query-log.ts';
import { mutated, texts } from '../mutate.ts';
import { firstOf, unless } from '../oracles.ts';
import { CANARY, CANARY_MARK, subject } from '../subject.ts';

/** Names that frameworks give to secrets. */
const SECRETS = [
  ...[
    'password',
    'Password',
    'password1',
    'newpassword',
    'new_password',
    'user[password]',
    'passwordConfirmation',
  ],
  ...['token', 'access_token', 'accessToken', 'idtoken', 'id_token', 'X-Token', 'csrf-token', 'clientsecret'],
  ...[
    'client_secret',
    'clientSecret',
    'api_key',
    'apikey',
    'apiKey',
    'sessionid',
    'session_id',
    'JSESSIONID',
  ],
  ...['jwt', 'otp', 'pwd', 'auth', 'Authorization', 'private-key', 'sig'],
];

interface Request {
  readonly path: string;
  readonly query: Query;
}

const secretPair = fc.constantFrom(...SECRETS).map((name) => `${encodeURIComponent(name)}=${CANARY}`);
const plainPair = fc
  .tuple(texts('page', 'q', 'tokens', 'author', 'a[]'), texts('1', 'news', '<b>', 'é'))
  .map(
    ([name, value]) =>
      `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
  );
/** An edit may make another name of a secret's: its value is no canary then. */
const editedPair = mutated(plainPair, 2);

const requests: fc.Arbitrary<Request> = fc
  .tuple(
    mutated(fc.constantFrom('/api', '/api/orders/1', '/api/%2e%2e/é')),
    fc.array(
      fc.oneof(
        { weight: 1, arbitrary: secretPair },
        { weight: 2, arbitrary: plainPair },
        { weight: 1, arbitrary: editedPair.map((pair) => pair.replaceAll(CANARY, 'x')) },
      ),
      { maxLength: 12 },
    ),
  )
  .map(([path, pairs]) => ({
    path: path.replaceAll(CANARY, 'x').slice(0, 8192),
    query: parseQuery(pairs.join('&')) as Query,
  }));

const config = parseConfig(environment, {});
const limits = {
  parameters: config.MAX_LOGGED_PARAMETERS,
  nameLength: config.MAX_LOGGED_NAME_LENGTH,
  valueLength: config.MAX_LOGGED_VALUE_LENGTH,
  redacts: redaction(config.REDACTED_PARAMETERS),
};

interface Logged {
  readonly line: string;
  readonly answer: string;
}

/** The line of a request: one line, JSON, bounded, and no secret in it. It refuses nothing. */
export const query = subject<Request, Logged>({
  name: 'query log',
  inputs: requests,
  parse: (request) => {
    let line = '';
    const log = queryLog({
      limits,
      write: (text) => {
        line += text;
      },
    });
    return { accepted: { answer: log({ method: 'GET', ...request }), line } };
  },
  nonsense: ({ line, answer }) => {
    const written = JSON.parse(line);
    return firstOf(
      unless(line.endsWith('\n') && line.indexOf('\n') === line.length - 1, 'not one line'),
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      unless(!/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/.test(line.slice(0, -1)), 'control characters'),
      unless(typeof written.query === 'object' && written.msg === 'query received', 'another line'),
      unless(Object.keys(written.query).length <= limits.parameters, 'too many parameters'),
      unless(!line.includes(CANARY_MARK), `shows a secret: ${line}`),
      unless(typeof JSON.parse(answer) === 'object', 'no answer'),
    );
  },
});
