import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** What a page may do: load the board's own files, ask the board, and nothing else. @see https://www.w3.org/TR/CSP3/ */
export const contentSecurityPolicy = (prefix: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types board simulator',
    `report-uri ${prefix}/csp-report`,
  ].join('; ');

/** Headers of every answer of the pages. */
export const securityHeaders = (prefix: string): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(prefix),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});

/** Read access to the board. */
export type AccessRule =
  /** The ingress names the user in a header: it strips that header from what comes in. */
  | { readonly kind: 'header'; readonly header: string }
  /** Everybody who reaches the port, by one of these host names or by address. */
  | { readonly kind: 'open'; readonly hosts: readonly string[] };

/** The status to refuse a request with, or who asks. */
export type Access =
  | { readonly refused: 401 | 421 }
  | {
      /** The user, else the address. */
      readonly who: string;
    };

const LONGEST_USER = 256;

/** A page of another site can make a name point to this machine; an open board therefore answers to names it knows. */
export function accessOf(rule: AccessRule, { headers, socket }: IncomingMessage): Access {
  if (rule.kind === 'open')
    return isOwn(headers.host, rule.hosts) ? { who: socket.remoteAddress ?? '' } : { refused: 421 };
  const user = headers[rule.header];
  // A header that is there twice was set by two: by the ingress, and by who asks.
  if (typeof user !== 'string' || user === '' || user.length > LONGEST_USER || user.includes(','))
    return { refused: 401 };
  return { who: user };
}

function isOwn(host: string | undefined, hosts: readonly string[]): boolean {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname ?? '';
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || hosts.includes(name);
}
