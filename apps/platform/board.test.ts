import { describe, expect, it } from 'vitest';
import type { OpenPages } from '../../environments/environment.ts';
import { local, production, render } from '../testing/desired-state.ts';
import { BOARD_PATHS } from './board.ts';

const filesWith = (board: OpenPages) => render([{ ...production, web: { ...production.web, board } }]);
const DEPLOYMENT = 'production/board/deployment-board.board.yaml';
const PAGE = 'production/board/ingress-board.board.yaml';
const LOGIN = 'production/board/middleware-board-login.board.yaml';
const proxy = { name: 'oauth2-proxy', namespace: 'sign-on', port: 4180 };

/** Whether the ingress controller leads a request to the board. */
const isLed = (path: string): boolean =>
  Object.entries(BOARD_PATHS).some(([led, type]) =>
    type === 'Exact' ? path === led : path === led || path.startsWith(`${led}/`),
  );

describe('the board', () => {
  it('has no page where no login can stand before it, and then answers to no one without the header', () => {
    const files = filesWith({ kind: 'none' });
    expect(files.has(PAGE)).toBe(false);
    expect(files.get(DEPLOYMENT)).toMatch(/name: AUTH\n\s+value: header/);
  });

  it.each([
    [{ kind: 'basic-auth' } as const, /basicAuth:\n\s+headerField: X-Auth-Request-User\n/],
    [{ kind: 'oidc', proxy } as const, /authResponseHeaders:\n\s+- X-Auth-Request-User\n/],
  ])('is told the user by %o, in the header that it reads', (board, told) => {
    const files = filesWith(board);
    expect(files.get(LOGIN)).toMatch(told);
    expect(files.get(PAGE)).toContain('router.middlewares: board-board-login@kubernetescrd');
    expect(files.get(DEPLOYMENT)).toMatch(/name: AUTH_HEADER\n\s+value: x-auth-request-user/);
  });

  it('is open on a laptop, to the name of its page alone', () => {
    const deployment = render([local]).get('local/board/deployment-board.board.yaml');
    expect(deployment).toMatch(
      /name: AUTH\n\s+value: open\n\s+- name: HOSTS\n\s+value: board\.sluice\.localhost/,
    );
  });

  it('takes its users from a document that a person writes', () => {
    const secret = filesWith({ kind: 'basic-auth' }).get(
      'production/board/externalsecret-page-users.board.yaml',
    );
    expect(secret).toMatch(/key: sluice\/production\/board\n\s+property: page-users\n\s+secretKey: users/);
  });

  it('shows its pages, and neither its metrics nor the pages of its probes', () => {
    const pages = [
      '/',
      '/cluster-info',
      '/infra',
      '/logs',
      '/logs/live',
      '/queues/jobs',
      '/releases',
      '/live',
    ];
    expect(pages.filter((path) => !isLed(path))).toEqual([]);
    expect(['/metrics', '/livez', '/readyz'].filter(isLed)).toEqual([]);
  });
});
