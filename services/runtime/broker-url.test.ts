import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concealCredentials,
  concealInText,
  parseBrokerUrl,
  parseManagementUrl,
  parseRedisUrl,
  parseServerUrl,
  UrlError,
} from './broker-url.ts';

function refusalOf(parse: (text: string) => unknown, text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof UrlError) return error.message;
    throw error;
  }
  return 'taken';
}

const ENCODED = "must write '#', '/', '?', '@' and '%' in user and password as %23, %2F, %3F, %40 and %25";

describe("a broker's URL", () => {
  it('gives each part decoded', () => {
    expect(parseBrokerUrl('amqps://us%40er:p%2Fw%25@host:5000/a%2Fb')).toEqual({
      ...{
        protocol: 'amqps',
        hostname: 'host',
        port: 5000,
        username: 'us@er',
        password: 'p/w%',
        vhost: 'a/b',
      },
    });
  });

  it.each([
    ['amqp://host', 5672, '/'],
    ['amqp://host/', 5672, '/'],
    ['amqps://host/%2f', 5671, '/'],
    ['AMQP://host/jobs', 5672, 'jobs'],
  ])('%s has the port of its scheme and a virtual host', (text, port, vhost) => {
    expect(parseBrokerUrl(text)).toMatchObject({ hostname: 'host', port, vhost });
  });

  it('takes the brackets off an IPv6 address', () => {
    expect(parseBrokerUrl('amqp://[::1]:5672/')).toMatchObject({ hostname: '::1', port: 5672 });
  });

  it.each([
    ['localhost:5672', 'must be a URL of scheme amqp or amqps'],
    ['host', 'must be a URL of scheme amqp or amqps'],
    ['http://host', 'must be a URL of scheme amqp or amqps'],
    ['amqp:/user:sesame@host', 'must be a URL of scheme amqp or amqps'],
    ['amqp://', 'must be a URL of scheme amqp or amqps with a host and a valid port'],
    ['amqp://user:sesame@', 'must be a URL of scheme amqp or amqps with a host and a valid port'],
    ['amqp://host:0', 'must be a URL of scheme amqp or amqps with a host and a valid port'],
    ['amqp://host:99999', 'must be a URL of scheme amqp or amqps with a host and a valid port'],
    ['amqp://u:50%sesame@h', "must be percent-encoded UTF-8: a '%' in the password is %25"],
    ['amqp://50%sesame:p@h', "must be percent-encoded UTF-8: a '%' in the user is %25"],
    ['amqp://u:%ff@h', "must be percent-encoded UTF-8: a '%' in the password is %25"],
    ['amqp://monitor:20#sesame@h', ENCODED],
    ['amqp://monitor:20/sesame@h', ENCODED],
    ['amqp://monitor:20?sesame@h', ENCODED],
    ['amqp://monitor:20@sesame@h', ENCODED],
    ['amqp://h/jobs#sesame', 'must have no fragment'],
    ['amqp://h/jobs?heartbeat=5', 'must have no query'],
    ['amqp://h/jobs?', 'must have no query'],
    ['amqp://h/jobs/sesame', "must have one path segment, the virtual host; a '/' in it is %2F"],
    ['amqp://h/jobs/', "must have one path segment, the virtual host; a '/' in it is %2F"],
    ['amqp://h//', "must have one path segment, the virtual host; a '/' in it is %2F"],
    ['amqp://h/jobs%0a', 'must hold no control character in the virtual host'],
    ['amqp://u:p @h', 'must hold no white space, and no character that a URL cannot'],
    ['amqp://h/jo\nbs', 'must hold no white space, and no character that a URL cannot'],
    ['amqp://h\\jobs', 'must hold no white space, and no character that a URL cannot'],
  ])('%j is refused, in words that hold nothing of it', (text, constraint) => {
    expect(refusalOf(parseBrokerUrl, text)).toBe(constraint);
  });

  it('means exactly the user, the password and the virtual host that were encoded into it', () => {
    const visible = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed());
    fc.assert(
      fc.property(visible, visible, visible, (username, password, vhost) => {
        const [user, secret, host] = [username, password, vhost].map(encodeURIComponent);
        fc.pre(host !== '.' && host !== '..');
        expect(parseBrokerUrl(`amqp://${user}:${secret}@broker/${host}`)).toMatchObject({
          username,
          password,
          vhost,
        });
      }),
    );
  });

  it('is refused or read whole, whatever is written into it, and a refusal holds no password', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.webPath(), (password, path) => {
        const text = `amqp://user:${password}@broker${path}`;
        const refusal = refusalOf(parseBrokerUrl, text);
        if (refusal === 'taken') expect(decodeURIComponent(password)).toBe(parseBrokerUrl(text).password);
        else expect(refusal).not.toContain(password);
      }),
    );
  });
});

describe("a management API's URL", () => {
  it.each([
    ['http://host:15672', 'http://host:15672'],
    ['http://host:15672/', 'http://host:15672'],
    ['https://host/rabbit//', 'https://host/rabbit'],
  ])('%s is the base %s', (text, base) => {
    expect(parseManagementUrl(text)).toBe(base);
  });

  it.each([
    ['http://admin:12#sesame@host', ENCODED],
    ['http://admin:12/sesame@host', ENCODED],
    ['http://admin:sesame@host', 'must hold no user and no password: they have variables of their own'],
    ['http://admin@host', 'must hold no user and no password: they have variables of their own'],
    ['http://host?x=1', 'must have no query'],
    ['http:///host', 'must be a URL of scheme http or https with a host and a valid port'],
    ['http:////host', 'must be a URL of scheme http or https with a host and a valid port'],
    ['localhost:15672', 'must be a URL of scheme http or https'],
    ['amqp://host', 'must be a URL of scheme http or https'],
  ])('%s is refused', (text, constraint) => {
    expect(refusalOf(parseManagementUrl, text)).toBe(constraint);
  });
});

describe("a Redis server's URL", () => {
  it('gives each part decoded', () => {
    expect(parseRedisUrl('rediss://us%40er:p%2Fw%25@host:7000/3')).toEqual({
      ...{ protocol: 'rediss', hostname: 'host', port: 7000, username: 'us@er', password: 'p/w%' },
      database: 3,
    });
    expect(parseRedisUrl('redis://:sesame@[::1]')).toEqual({
      ...{ protocol: 'redis', hostname: '::1', port: 6379, password: 'sesame', database: 0 },
    });
  });

  it('names a master, and the Sentinels that know where it is', () => {
    expect(parseRedisUrl('rediss://u:p@a,b:7000,[::1]/2?sentinel=bank')).toEqual({
      ...{ protocol: 'rediss', hostname: 'a', port: 26_379, username: 'u', password: 'p', database: 2 },
      sentinels: {
        master: 'bank',
        nodes: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 7000 },
          { host: '::1', port: 26_379 },
        ],
      },
    });
  });

  it('names nodes of a Redis Cluster, which has one database', () => {
    expect(parseRedisUrl('rediss://u:p@a,b:7000,[::1]?cluster')).toEqual({
      ...{ protocol: 'rediss', hostname: 'a', port: 6379, username: 'u', password: 'p', database: 0 },
      cluster: [
        { host: 'a', port: 6379 },
        { host: 'b', port: 7000 },
        { host: '::1', port: 6379 },
      ],
    });
    expect(refusalOf(parseRedisUrl, 'redis://a,b/2?cluster')).toBe(
      'must name no database but 0, as a Redis Cluster has no other',
    );
  });

  it.each([
    ['localhost:6379', 'must be a URL of scheme redis or rediss'],
    ['redis://u:50%sesame@h', "must be percent-encoded UTF-8: a '%' in the password is %25"],
    ['redis://monitor:20#sesame@h', ENCODED],
    ['redis://monitor:20/sesame@h', ENCODED],
    ['redis://h/0?db=sesame', 'must have no query but ?sentinel=name, the name of a master, or ?cluster'],
    ['redis://a,b', 'must have one host without ?sentinel=name, the name of a master, or ?cluster'],
    ['redis://a,:1/0?sentinel=m', "must list its hosts as 'host:port', separated by commas"],
    ['redis://h/sesame', 'must have no path but the number of a database'],
    ['redis://h/0/1', 'must have no path but the number of a database'],
    ['redis://h:0', 'must be a URL of scheme redis or rediss with a host and a valid port'],
  ])('%j is refused, in words that hold nothing of it', (text, constraint) => {
    expect(refusalOf(parseRedisUrl, text)).toBe(constraint);
  });
});

describe("any other server's URL", () => {
  const refusal = (text: string, ...schemes: string[]) =>
    refusalOf((given) => parseServerUrl(given, schemes), text);

  it.each([
    ['https://user:p%40ss@host:9200/base?pretty', 'https'],
    ['mongodb://user:p%40ss@a:27017,b.example:27018,[::1]:27019/bank?replicaSet=rs0', 'mongodb'],
    ['mongodb+srv://user@cluster.example/', 'mongodb+srv'],
  ])('%s is taken as it is', (text, scheme) => {
    expect(parseServerUrl(text, [scheme])).toBe(text);
  });

  it.each([
    ['https://monitor:20#sesame@h', 'https', ENCODED],
    ['https://monitor:20/sesame@h', 'https', ENCODED],
    ['https://u:50%sesame@h', 'https', "must be percent-encoded UTF-8: a '%' in the password is %25"],
    ['https://h1:9200,h2:9200', 'https', 'must be a URL of scheme https with a host and a valid port'],
    ['mongodb://u:50%sesame@h', 'mongodb', "must be percent-encoded UTF-8: a '%' in the password is %25"],
    ['mongodb://monitor:20#sesame@a,b', 'mongodb', ENCODED],
    ['mongodb://u:ses@ame@a,b', 'mongodb', ENCODED],
    ['mongodb://a,,b', 'mongodb', "must list its hosts as 'host:port', separated by commas"],
    ['localhost:27017', 'mongodb', 'must be a URL of scheme mongodb'],
  ])('%s is refused, in words that hold nothing of it', (text, scheme, constraint) => {
    expect(refusal(text, scheme)).toBe(constraint);
  });
});

describe('a URL that is shown', () => {
  it('conceals the credentials', () => {
    expect(concealCredentials('amqp://user:p%40ss@host:5672/%2f')).toBe('amqp://host:5672/%2f');
    expect(concealCredentials('ftp://user:sesame@host/?token=sesame')).toBe('ftp://host/');
  });

  it.each(['#', '/', '?', '@', '\\', ' '])(
    'is not shown where a password with %j makes something else of it',
    (mark) => {
      expect(concealCredentials(`amqp://monitor:20${mark}sesame@h`)).toBe('not a URL');
    },
  );

  it('never holds the password, whatever it is', () => {
    // Longer than any other part of the URL, so that a hit is a leak.
    fc.assert(
      fc.property(fc.string({ minLength: 14, maxLength: 30 }), (password) => {
        const shown = concealCredentials(`amqp://user:${password}@broker`);
        expect(['not a URL', 'amqp://broker']).toContain(shown);
      }),
    );
  });
});

describe('any text', () => {
  it.each([
    ['jobs', 'jobs'],
    ['12:30', '12:30'],
    ['me@example.com', 'me@example.com'],
    ['http://host:15672/api', 'http://host:15672/api'],
    ['http://user:sesame@host:15672', 'http://***@host:15672'],
    ['amqp://user:ses ame@host', 'amqp://***@host'],
    ['amqp://user:ses@ame@host', 'amqp://***@host'],
    ['user:sesame@host', '***@host'],
    ['http://user:sesame', '***'],
    ['http://host/?token=sesame', '***'],
  ])('%j is shown as %j', (text, shown) => {
    expect(concealInText(text)).toBe(shown);
  });
});

it.each(['.', '..', '%2e', '%2E.', '../a'])("takes the virtual host '%s' not for '/'", (vhost) => {
  expect(refusalOf(parseBrokerUrl, `amqp://host/${vhost}`)).toBe(
    "must not have '.' or '..' as the virtual host",
  );
});
