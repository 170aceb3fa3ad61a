import { describe, expect, it } from 'vitest';
import type { OpenPages } from '../../environments/environment.ts';
import { production, render } from '../testing/desired-state.ts';

const filesWith = (openPages: OpenPages) =>
  render([{ ...production, web: { ...production.web, openPages } }]);
const PAGE = 'production/monitoring/ingress-prometheus.monitoring.yaml';
const LOGIN = 'production/monitoring/middleware-prometheus-login.monitoring.yaml';
const proxy = { name: 'oauth2-proxy', namespace: 'sign-on', port: 4180 };

describe("Prometheus' page", () => {
  it('is not there in production, unless a login is before it', () => {
    const files = render([production]);
    expect(files.has(PAGE)).toBe(false);
    expect([...files].filter(([, text]) => /-(prometheus|alertmanager)\n\s+port:/.test(text))).toEqual([]);
  });

  it.each([
    [{ kind: 'basic-auth' } as const, /basicAuth:\n\s+removeHeader: true\n\s+secret: page-users/],
    [{ kind: 'oidc', proxy } as const, /address: http:\/\/oauth2-proxy\.sign-on\.svc:4180\/oauth2\/auth/],
  ])('is behind %o', (openPages, login) => {
    const files = filesWith(openPages);
    expect(files.get(LOGIN)).toMatch(login);
    expect(files.get(PAGE)).toContain(
      'traefik.ingress.kubernetes.io/router.middlewares: monitoring-prometheus-login@kubernetescrd',
    );
  });

  it("takes its users from the namespace's own document", () => {
    const secret = filesWith({ kind: 'basic-auth' }).get(
      'production/addon-secrets/externalsecret-page-users.monitoring.yaml',
    );
    expect(secret).toMatch(
      /key: sluice\/production\/monitoring\n\s+property: page-users\n\s+secretKey: users/,
    );
  });
});
