import { describe, expect, it } from 'vitest';
import { describeQuery, type Query, redaction, textToJson, toJson } from './query.ts';

const limits = { parameters: 3, nameLength: 5, valueLength: 8, redacts: redaction('token, api_key') };
const described = (query: Query) => describeQuery(query, limits);

describe('a query', () => {
  it('within the limits is logged as it is answered', () => {
    expect(described({ a: '1', b: 'x y' })).toEqual({
      ...{ answer: '{"a":"1","b":"x y"}', logged: '{"a":"1","b":"x y"}', truncated: false },
    });
  });

  it('is answered whole and logged up to the length of names and values', () => {
    expect(described({ 'a-long-name': 'a-long-value' })).toEqual({
      ...{ answer: '{"a-long-name":"a-long-value"}', logged: '{"a-lon":"a-long-v"}', truncated: true },
    });
  });

  it('is logged up to the number of parameters, a repeated name counting each time', () => {
    expect(described({ a: ['1', '2'], b: ['3', '4'], c: '5' })).toMatchObject({
      ...{ logged: '{"a":["1","2"],"b":"3"}', truncated: true },
    });
  });

  it('repeats names without being cut when there are few', () => {
    expect(described({ a: ['1', '2'] })).toMatchObject({ logged: '{"a":["1","2"]}', truncated: false });
  });

  it('keeps names that mean something to JavaScript', () => {
    const query: Query = JSON.parse('{"__proto__":"1","constructor":"22222222222"}');
    expect(described(query).logged).toBe('{"__pro":"1","const":"22222222"}');
    expect(({} as Record<string, unknown>).const).toBe(undefined);
  });

  it('shows a secret only to the one who sent it, whatever its length, and that is no truncation', () => {
    expect(described({ token: 'sesame-open' })).toEqual({
      ...{ answer: '{"token":"sesame-open"}', logged: '{"token":"[redacted]"}', truncated: false },
    });
    expect(described({ token: ['sesame', 'open'] }).logged).toBe('{"token":["[redacted]","[redacted]"]}');
  });
});

describe('a listed word', () => {
  const redacts = redaction('token, api_key');

  it.each(['token', 'TOKEN', 'access_token', 'x-token', 'user[token]', 'accessToken', 'token[]', ' token '])(
    'is found in %s',
    (name) => expect(redacts(name)).toBe(true),
  );

  it.each(['api_key', 'api-key', 'apikey', 'apiKey', 'myApiKey'])('is spelled %s too', (name) =>
    expect(redacts(name)).toBe(true),
  );

  it.each(['tok', 'keys', 'a', ''])('is not found in %j', (name) => expect(redacts(name)).toBe(false));

  it('may hold what means something in a pattern', () => {
    expect(redaction('a.b(')('a.b(')).toBe(true);
    expect(redaction('a.b')('axb')).toBe(false);
  });

  it('need not be: an empty list redacts nothing', () => expect(redaction(' , ')('')).toBe(false));
});

it('escapes what would break a line or steer a terminal', () => {
  const json = toJson('\n\u001b[2J\u007f\u009b31m\u2028\u202e');
  expect(json).toBe('"\\n\\u001b[2J\\u007f\\u009b31m\\u2028\\u202e"');
  expect(JSON.parse(json)).toBe('\n\u001b[2J\u007f\u009b31m\u2028\u202e');
});

it('writes a text as JSON does, plain or not', () => {
  for (const text of ['', '/api/a-b_c~d', '/a"b', '/a\\b', '/a\u007f', '/a\n', '/\u00e9'])
    expect(textToJson(text)).toBe(toJson(text));
});
