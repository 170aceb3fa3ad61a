import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { SharedPage, type SharedPageProps } from './shared-page.ts';

const props: SharedPageProps = {
  ...{ name: 'board', namespace: 'board', component: 'web', host: 'ops.example.org' },
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000',
  scheme: 'internal',
  paths: { '/': 'Exact', '/infra': 'Prefix' },
  ...{ service: 'board', port: 'http', healthPath: '/readyz' },
};
const signOn = {
  ...{ issuer: 'https://id.example.org', authorizationEndpoint: 'https://id.example.org/authorize' },
  ...{ tokenEndpoint: 'https://id.example.org/token', userInfoEndpoint: 'https://id.example.org/userinfo' },
  secret: 'board-sign-on',
};

function built(more: Partial<SharedPageProps> = {}) {
  const chart = new Chart(Testing.app(), 'test');
  new SharedPage(chart, 'page', { ...props, ...more });
  return chart.toJson();
}

describe('a SharedPage', () => {
  it('is in the group of its host, whose load balancer ends TLS and leads plain HTTP to it', () => {
    const [ingress, ...others] = built();
    expect(others).toEqual([]);
    expect(ingress).toMatchObject({
      kind: 'Ingress',
      metadata: {
        annotations: {
          'alb.ingress.kubernetes.io/group.name': 'ops-example-org',
          'alb.ingress.kubernetes.io/certificate-arn': props.certificateArn,
          'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
          'alb.ingress.kubernetes.io/ssl-redirect': '443',
          'alb.ingress.kubernetes.io/scheme': 'internal',
          'alb.ingress.kubernetes.io/target-type': 'ip',
          'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
          'external-dns.alpha.kubernetes.io/hostname': 'ops.example.org',
        },
      },
      spec: { ingressClassName: 'alb', rules: [{ host: 'ops.example.org' }] },
    });
    const { paths } = ingress.spec.rules[0].http;
    expect(paths.map(({ path, pathType }: Record<string, string>) => [path, pathType])).toEqual([
      ['/', 'Exact'],
      ['/infra', 'Prefix'],
    ]);
  });

  it('has users sign on before it, by a Secret that the controller may read and nothing else', () => {
    const [ingress, role, binding] = built({ signOn });
    const { annotations } = ingress.metadata;
    expect(annotations['alb.ingress.kubernetes.io/auth-type']).toBe('oidc');
    expect(annotations['alb.ingress.kubernetes.io/auth-on-unauthenticated-request']).toBe('authenticate');
    const { secret: secretName, ...provider } = signOn;
    expect(JSON.parse(annotations['alb.ingress.kubernetes.io/auth-idp-oidc'])).toEqual({
      ...{ ...provider, secretName },
    });
    expect(role.rules).toEqual([
      {
        ...{ apiGroups: [''], resources: ['secrets'], resourceNames: ['board-sign-on'] },
        verbs: ['get', 'list', 'watch'],
      },
    ]);
    expect(binding.subjects).toEqual([
      { kind: 'ServiceAccount', name: 'aws-load-balancer-controller', namespace: 'kube-system' },
    ]);
  });

  it('is refused with every fault at once', () => {
    const wrong = { ...signOn, issuer: 'http://id.example.org' };
    expect(() =>
      built({ certificateArn: 'none', paths: { infra: 'Prefix' }, host: 'ops', signOn: wrong }),
    ).toThrow(
      "SharedPage 'board': 'host' (ops) must be a host name of at least two labels; 'certificateArn' (none) must be the ARN of a certificate of AWS Certificate Manager; a path (infra) must begin with /; 'signOn.issuer' (http://id.example.org) must be a URL of https",
    );
  });
});
