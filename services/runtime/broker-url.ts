/** A broker's address, user, password and virtual host, each decoded. */
export interface BrokerUrl {
  readonly protocol: 'amqp' | 'amqps';
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly vhost: string;
}

/** A URL that means nothing, or two things. Its message is a constraint, and holds nothing of the URL: it may be a password. */
export class UrlError extends Error {
  constructor(constraint: string) {
    super(constraint);
    this.name = 'UrlError';
  }
}

const AMQP_PORTS = { amqp: 5672, amqps: 5671 } as const;

/**
 * The one reading of `amqp://user:password@host:port/vhost`. The virtual host is the single segment of the path,
 * decoded; none, or an empty one, is `/`. Nothing is dropped in silence: a query, a fragment or a further segment
 * is refused, and so is what a password with `#`, `/`, `?` or `@` that is not percent-encoded makes of a URL.
 * @throws {UrlError}
 * @see https://www.rabbitmq.com/docs/uri-spec
 */
export function parseBrokerUrl(text: string): BrokerUrl {
  const url = parseStrictly(text, ['amqp', 'amqps']);
  const protocol = url.protocol === 'amqps:' ? 'amqps' : 'amqp';
  if (url.search !== '' || text.includes('?')) throw new UrlError('must have no query');
  // The standard parser walks '.' and '..' as in a file system: to the virtual host '/', which is another one.
  if (/\/(\.|%2e){1,2}(\/|$)/i.test(text))
    throw new UrlError("must not have '.' or '..' as the virtual host");
  const [, vhost = '', ...further] = url.pathname.split('/');
  if (further.length > 0)
    throw new UrlError("must have one path segment, the virtual host; a '/' in it is %2F");
  return {
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || AMQP_PORTS[protocol],
    ...credentialsOf(url),
    vhost: decoded(vhost, 'the virtual host') || '/',
  };
}

/**
 * The base of the broker's management API, without a slash at its end; a path before `/api` is kept. Credentials
 * in it are refused: they have variables of their own.
 * @throws {UrlError}
 */
export function parseManagementUrl(text: string): string {
  const url = parseHttpUrl(text);
  if (text.includes('?')) throw new UrlError('must have no query');
  return url.href.replace(/\/+$/, '');
}

/** A URL of scheme http or https that means one thing, its query included. @throws {UrlError} also for credentials in it */
export function parseHttpUrl(text: string): URL {
  const url = parseStrictly(text, ['http', 'https']);
  if (url.username !== '' || url.password !== '')
    throw new UrlError('must hold no user and no password: they have variables of their own');
  return url;
}

/** A Redis server, user and password decoded, and the number of its database. */
export interface RedisUrl {
  readonly protocol: 'redis' | 'rediss';
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  /** The Sentinels that know which server is the master of that name; host and port are those of the first. */
  readonly sentinels?: { readonly master: string; readonly nodes: readonly RedisNode[] };
  /** Nodes of a Redis Cluster, of which one that answers names the others. */
  readonly cluster?: readonly RedisNode[];
}

/** Where one Sentinel, or one node of a Cluster, answers. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
const SENTINEL_QUERY = /\?sentinel=([\w.-]+)$/;
const CLUSTER_QUERY = '?cluster';

/**
 * The one reading of `redis://user:password@host:port/database`, of
 * `redis://user:password@sentinel,sentinel/database?sentinel=master`, where the user is that of the master, and of
 * `redis://user:password@node,node?cluster`.
 * @throws {UrlError}
 */
export function parseRedisUrl(text: string): RedisUrl {
  if (text.endsWith(CLUSTER_QUERY)) return parseCluster(text.slice(0, -CLUSTER_QUERY.length));
  const [query, master] = SENTINEL_QUERY.exec(text) ?? [];
  return master === undefined
    ? parseRedisServer(text)
    : parseSentinels(text.slice(0, -(query ?? '').length), master);
}

function parseSentinels(text: string, master: string): RedisUrl {
  const { server, nodes } = parseNodes(text, SENTINEL_PORT);
  return { ...server, sentinels: { master, nodes } };
}

function parseCluster(text: string): RedisUrl {
  const { server, nodes } = parseNodes(text, REDIS_PORT);
  if (server.database !== 0)
    throw new UrlError('must name no database but 0, as a Redis Cluster has no other');
  return { ...server, cluster: nodes };
}

/** Hosts with commas between them. @param otherwise The port of a host that has none */
function parseNodes(text: string, otherwise: number): { server: RedisUrl; nodes: readonly RedisNode[] } {
  const [, before = '', hosts = '', after = ''] = AUTHORITY.exec(text) ?? [];
  const [first = '', ...further] = hosts.split(',');
  if (further.some((host) => !MEMBER.test(host))) throw new UrlError(MEMBERS);
  const server = parseRedisServer(`${before}${first}${after}`);
  const port = /:\d+$/.test(first) ? server.port : otherwise;
  const nodes = further.map((host) => {
    const { hostname, port: given } = parseRedisServer(`redis://${host}`);
    return { host: hostname, port: /:\d+$/.test(host) ? given : otherwise };
  });
  return { server: { ...server, port }, nodes: [{ host: server.hostname, port }, ...nodes] };
}

function parseRedisServer(text: string): RedisUrl {
  const url = parseStrictly(text, ['redis', 'rediss']);
  if (text.includes('?'))
    throw new UrlError('must have no query but ?sentinel=name, the name of a master, or ?cluster');
  if (url.hostname.includes(','))
    throw new UrlError('must have one host without ?sentinel=name, the name of a master, or ?cluster');
  if (!/^\/?$|^\/\d{1,4}\/?$/.test(url.pathname))
    throw new UrlError('must have no path but the number of a database');
  return {
    protocol: url.protocol === 'rediss:' ? 'rediss' : 'redis',
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || REDIS_PORT,
    ...credentialsOf(url),
    database: Number(url.pathname.replaceAll('/', '') || 0),
  };
}

/**
 * The URL of a server that is spoken to by a library, which may hold credentials and a query.
 * @returns the text as it was given
 * @throws {UrlError} for one that means two things, or whose credentials cannot be decoded
 */
export function parseServerUrl(text: string, schemes: readonly string[]): string {
  const [, before = '', hosts = '', after = ''] = AUTHORITY.exec(text) ?? [];
  // MongoDB alone lists the members of a replica set.
  const [first = '', ...further] = schemes.includes('mongodb') ? hosts.split(',') : [hosts];
  if (further.some((host) => !MEMBER.test(host))) throw new UrlError(MEMBERS);
  credentialsOf(parseStrictly(`${before}${first}${after}`, schemes));
  return text;
}

/** What comes before the hosts, the hosts, and what comes after them. */
const AUTHORITY = /^([^/]*\/\/(?:[^/?#@]*@)?)([^/?#@]*)(.*)$/s;
const MEMBERS = "must list its hosts as 'host:port', separated by commas";
const MEMBER = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** What the standard parser takes for a URL in silence, and people mean otherwise. */
function parseStrictly(text: string, schemes: readonly string[]): URL {
  const form = `must be a URL of scheme ${schemes.join(' or ')}`;
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === undefined || !schemes.includes(scheme.toLowerCase())) throw new UrlError(form);
  if (/[\s\p{Cc}\\"<>^`{|}]/u.test(rest))
    throw new UrlError('must hold no white space, and no character that a URL cannot');
  const at = rest.split('@').length - 1;
  if (at > 1 || /[/?#].*@/.test(rest)) throw new UrlError(ENCODE);
  if (rest.includes('#')) throw new UrlError('must have no fragment');
  const url = URL.parse(text);
  // The standard parser skips slashes: in 'http:///host' it takes the path for the host.
  if (url === null || rest.startsWith('/') || url.hostname === '' || url.port === '0')
    throw new UrlError(`${form} with a host and a valid port`);
  return url;
}

const ENCODE = "must write '#', '/', '?', '@' and '%' in user and password as %23, %2F, %3F, %40 and %25";

function credentialsOf({ username, password }: URL): Pick<BrokerUrl, 'username' | 'password'> {
  return {
    ...(username !== '' && { username: decoded(username, 'the user') }),
    ...(password !== '' && { password: decoded(password, 'the password') }),
  };
}

function decoded(encoded: string, what: string): string {
  let text: string;
  try {
    text = decodeURIComponent(encoded);
  } catch {
    throw new UrlError(`must be percent-encoded UTF-8: a '%' in ${what} is %25`);
  }
  if (/\p{Cc}/u.test(text)) throw new UrlError(`must hold no control character in ${what}`);
  return text;
}

/**
 * A URL as it may be shown: scheme, host, port and path. Of what could be read in another way too, nothing: any part
 * of it may be a password.
 */
export function concealCredentials(text: string): string {
  const url = UNAMBIGUOUS.test(text) ? URL.parse(text) : null;
  if (url === null || url.host === '') return 'not a URL';
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href;
}

const UNAMBIGUOUS = /^[a-z][a-z\d+.-]*:\/\/([^\s/?#@\\]*@)?[^\s/?#@\\]+(\/[^\s:?#@\\]*)?(\?[^\s#@\\]*)?$/i;

/** Any text without what may be user, password or query of a URL; also of one that is no URL because of its password. */
export function concealInText(text: string): string {
  const at = text.lastIndexOf('@');
  const colon = text.indexOf(':');
  const [scheme = ''] = /^[a-z][a-z\d+.-]*:\/\//i.exec(text) ?? [];
  if (colon >= 0 && colon < at) return `${scheme}***${text.slice(at)}`;
  return text.includes('://') && !BARE_URL.test(text) ? '***' : text;
}

const BARE_URL = /^[a-z][a-z\d+.-]*:\/\/[^:?#]*(:\d+)?(\/[^?#]*)?$/i;
