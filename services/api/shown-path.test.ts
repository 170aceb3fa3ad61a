import { expect, it } from 'vitest';
import { shownPath } from './query-log.ts';

it.each([
  '/api',
  '/api/',
  '/api/a',
  '/api/orders',
  '/api/orders/4711',
  '/api/v1/order-lines/page_2',
  '/api//orders/',
  '/api/password-reset',
])('%s is shown as it is', (path) => expect(shownPath(path)).toBe(path));

it.each([
  ['/api/reset/9f8c1b2e7d6a5f4e3c2b1a09', '/api/reset/[redacted]'],
  ['/api/invite/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '/api/invite/[redacted]'],
  ['/api/users/3b241101-e2bb-4255-8caf-4136c566a962', '/api/users/[redacted]'],
  ['/api/token/abc', '/api/token/[redacted]'],
  ['/api/password/hunter', '/api/password/[redacted]'],
  ['/api/session/12345', '/api/session/[redacted]'],
  ['/api/s3cr3t', '/api/[redacted]'],
  ['/api/key=value', '/api/[redacted]'],
  ['/api/token%2Fabc', '/api/[redacted]'],
  ['/api/a;jsessionid=1A2B', '/api/[redacted]'],
  [`/api/${'x'.repeat(40)}`, '/api/[redacted]'],
  ['/api/1234567890123456', '/api/[redacted]'],
  ['/api/a\u001b[31m', '/api/[redacted]'],
])('%s is shown as %s', (path, shown) => expect(shownPath(path)).toBe(shown));
