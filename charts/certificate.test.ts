import { Chart, Testing } from 'cdk8s';
import { expect, it } from 'vitest';
import { ClusterIssuer, type ClusterIssuerProps } from './certificate.ts';

function rendered(props: ClusterIssuerProps) {
  const scope = new Chart(Testing.app(), 'test');
  new ClusterIssuer(scope, 'issuer', props);
  return scope.toJson()[0];
}

it('a ClusterIssuer answers the challenge through the ingress controller', () => {
  expect(rendered({ name: 'letsencrypt', ingressClassName: 'traefik' }).spec.acme).toEqual({
    server: 'https://acme-v02.api.letsencrypt.org/directory',
    privateKeySecretRef: { name: 'letsencrypt-account' },
    solvers: [{ http01: { ingress: { ingressClassName: 'traefik' } } }],
  });
});

it('and is refused with every fault at once', () => {
  expect(() => rendered({ name: 'A', ingressClassName: '', server: 'http://here' })).toThrow(
    "ClusterIssuer 'A': 'name' (A) must be a DNS label: a-z, 0-9 and -, at most 63; 'ingressClassName' () must be a DNS label: a-z, 0-9 and -, at most 63; 'server' (http://here) must be an https URL",
  );
});
