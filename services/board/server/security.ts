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
