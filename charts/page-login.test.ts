import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { type Login, PageLogin } from './shared-page.ts';

const identity = { name: 'prometheus', namespace: 'monitoring', component: 'monitoring' } as const;

function built(login: Login) {
  const chart = new Chart(Testing.app(), 'test');
  const { reference } = new PageLogin(chart, 'login', { ...identity, login });
  return { reference, middleware: chart.toJson()[0] };
}

describe('a PageLogin', () => {
  it('asks for a name and a password, which the page behind it does not get', () => {
    const { reference, middleware } = built({ kind: 'basic-auth', secret: 'page-users' });
    expect(reference).toBe('monitoring-prometheus-login@kubernetescrd');
    expect(middleware).toMatchObject({
      ...{ apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware' },
      metadata: { name: 'prometheus-login', namespace: 'monitoring' },
      spec: { basicAuth: { secret: 'page-users', removeHeader: true } },
    });
  });

  it('or asks a proxy that signs on elsewhere, and trusts the headers of no one else', () => {
    const proxy = { name: 'oauth2-proxy', namespace: 'sign-on', port: 4180 };
    expect(built({ kind: 'oidc', proxy }).middleware.spec).toEqual({
      forwardAuth: { address: 'http://oauth2-proxy.sign-on.svc:4180/oauth2/auth', trustForwardHeader: false },
    });
  });

  it('is refused with every fault at once', () => {
    const proxy = { name: 'A', namespace: '', port: 0 };
    expect(() => built({ kind: 'oidc', proxy })).toThrow(
      "PageLogin 'prometheus': 'login.proxy.name' (A) must be a DNS label: a-z, 0-9 and -, at most 63; 'login.proxy.namespace' () must be a DNS label: a-z, 0-9 and -, at most 63; 'login.proxy.port' (0) must be a whole number of at least 1",
    );
  });
});
