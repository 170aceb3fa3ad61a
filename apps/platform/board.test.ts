import { describe, expect, it } from 'vitest';
import type { Environment, OpenPages } from '../../environments/environment.ts';
import { local, production, render } from '../testing/desired-state.ts';
import { BOARD_PATHS } from './board.ts';

const filesWith = (board: OpenPages) => render([{ ...production, web: { ...production.web, board } }]);
/** One host behind a load balancer of AWS, in place of a host for each page. */
const shared: Environment = {
  ...production,
  web: {
    ...production.web,
    board: { kind: 'none' },
    sharedHost: {
      host: 'ops.example.org',
      scheme: 'internal',
      subnets: ['10.0.1.0/24', '10.0.2.0/24'],
      certificateArn:
        'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000',
      signOn: {
        ...{ issuer: 'https://id.example.org', authorizationEndpoint: 'https://id.example.org/authorize' },
        ...{ tokenEndpoint: 'https://id.example.org/token' },
        userInfoEndpoint: 'https://id.example.org/userinfo',
      },
    },
  },
};
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

  it('shares a host with Grafana and Argo CD, where the environment names one, and no page is left elsewhere', () => {
    const files = render([shared]);
    const board = files.get(PAGE) ?? '';
    expect(board).toContain('ingressClassName: alb');
    expect(board).toContain('alb.ingress.kubernetes.io/auth-type: oidc');
    for (const path of Object.keys(BOARD_PATHS)) expect(board).toContain(`path: ${path}\n`);
    const grafana = files.get('production/monitoring/ingress-grafana.monitoring.yaml') ?? '';
    expect(grafana).toMatch(/path: \/grafana\n\s+pathType: Prefix/);
    expect(grafana).not.toContain('auth-type');
    const argocd = files.get('production/argocd/addons/application-argo-cd.argocd.yaml') ?? '';
    expect(argocd).toContain('server.rootpath: /argocd');
    expect(argocd).toContain('url: https://ops.example.org/argocd');
    for (const page of [board, grafana, argocd])
      expect(page).toContain('alb.ingress.kubernetes.io/group.name: ops-example-org');
    const controller = files.get(
      'production/argocd/addons/application-aws-load-balancer-controller.argocd.yaml',
    );
    expect(controller).toContain('createIngressClassResource: true');
  });

  it('is told the user by the load balancer of a shared host, and reached from its subnets alone', () => {
    const files = render([shared]);
    expect(files.get(DEPLOYMENT)).toMatch(/name: AUTH_HEADER\n\s+value: x-amzn-oidc-identity/);
    expect(files.get(DEPLOYMENT)).toMatch(
      /name: GRAFANA_URL\n\s+value: https:\/\/ops\.example\.org\/grafana/,
    );
    expect(files.has(LOGIN)).toBe(false);
    const policy = files.get('production/board/networkpolicy-board.board.yaml') ?? '';
    const [, ingress = ''] = policy.split(/^ {2}ingress:/m);
    expect(ingress.match(/cidr: .*/g)).toEqual(['cidr: 10.0.1.0/24', 'cidr: 10.0.2.0/24']);
    expect(ingress).not.toContain('traefik');
    expect(files.get('production/board/externalsecret-board-sign-on.board.yaml')).toMatch(
      /property: oidc-client-id\n\s+secretKey: clientID/,
    );
  });

  it('has one way in: a login of Traefik beside a shared host is refused', () => {
    const both = { ...shared, web: { ...shared.web, board: { kind: 'basic-auth' } } } as const;
    expect(() => render([both])).toThrow("'board' (basic-auth) must be none: 'sharedHost' shows it");
  });
});
