import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IBundle } from '@kubernetes-models/cert-manager/trust.cert-manager.io/v1alpha1/Bundle';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { AdmissionPolicy } from './admission-policy.ts';
import { clusterLabels, wave } from './labels.ts';
import { AUTHORITY_KEY } from './pod.ts';

/** A certificate authority of the cluster's own, and the namespaces that trust it. */
export interface PrivateAuthorityProps {
  /** What its certificates are for: the names of its objects begin with it. */
  readonly of: string;
  /** Where cert-manager keeps the Secrets of ClusterIssuers, and trust-manager finds the authorities to trust. */
  readonly namespace: string;
  /** The authorities, of which any may issue. Each has a key of its own, which stays when its certificate is renewed. */
  readonly authorities: readonly string[];
  /** The only namespaces that get certificates of them. */
  readonly servers: readonly [string, ...string[]];
  /** The ConfigMap with all their certificates, and the namespaces that have it. */
  readonly trust: { readonly configMap: string; readonly namespaces: readonly string[] };
}

/** The ClusterIssuer of an authority, its Certificate, and the Secret with its key: `broker-authority-2026`. */
export const issuerOf = (of: string, authority: string): string => `${of}-authority-${authority}`;

const CERT_MANAGER = 'cert-manager.io/v1';
const rootOf = (of: string): string => `${of}-authority-root`;
/** Ten years, and one before their end: what is issued in the last year outlives no authority. */
const LIFETIME = { duration: '87600h', renewBefore: '8760h' } as const;

/**
 * Private authorities for the certificates of one server, kept by cert-manager, and their certificates (never a key) in the
 * namespaces of the clients that trust them, by trust-manager.
 * @throws {ChartError} with every fault of the props
 * @see https://cert-manager.io/docs/configuration/selfsigned/#bootstrapping-ca-issuers
 * @see https://cert-manager.io/docs/trust/trust-manager/
 */
export class PrivateAuthority extends Construct {
  constructor(scope: Construct, id: string, props: PrivateAuthorityProps) {
    super(scope, id);
    check(props);
    const { of, namespace, authorities } = props;
    this.#limit(props);
    this.#declare('root', 'Issuer', { name: rootOf(of), namespace }, { selfSigned: {} });
    for (const authority of authorities) {
      const name = issuerOf(of, authority);
      this.#declare(`${authority}-certificate`, 'Certificate', { name, namespace }, certificate(of, name));
      this.#declare(`${authority}-issuer`, 'ClusterIssuer', { name }, { ca: { secretName: name } });
    }
    const { apiVersion, kind, spec } = bundle(props);
    new ApiObject(this, 'bundle', {
      ...{ apiVersion, kind, spec },
      metadata: { name: props.trust.configMap, labels: { ...clusterLabels } },
    });
  }

  #declare(id: string, kind: string, metadata: { name: string; namespace?: string }, spec: object): void {
    const annotations = wave('credentials');
    new ApiObject(this, id, {
      ...{ apiVersion: CERT_MANAGER, kind, spec },
      metadata: { ...metadata, labels: { ...clusterLabels }, annotations },
    });
  }

  /** A ClusterIssuer serves every namespace: who could have a certificate of the server's name could be the server. */
  #limit({ of, authorities, servers }: PrivateAuthorityProps): void {
    const issuers = authorities.map((authority) => `'${issuerOf(of, authority)}'`).join(', ');
    const [first, ...more] = servers;
    const names = servers.map((server) => `'${server}'`).join(', ');
    new AdmissionPolicy(this, 'limit', {
      name: `${of}-certificates-of-${servers.join('-')}`,
      matches: [
        {
          ...{ apiGroups: ['cert-manager.io'], apiVersions: ['*'] },
          resources: ['certificates', 'certificaterequests'],
        },
      ],
      when: {
        [`by-a-${of}-authority`]: `object.spec.issuerRef.name in [${issuers}] && has(object.spec.issuerRef.kind) && object.spec.issuerRef.kind == 'ClusterIssuer'`,
      },
      validations: [
        {
          expression:
            more.length === 0 ? `request.namespace == '${first}'` : `request.namespace in [${names}]`,
          message: `An authority of the ${of} issues certificates in the namespace${more.length === 0 ? '' : 's'} ${names} alone.`,
        },
      ],
    });
  }
}

/** The key stays, so that the renewed certificate also verifies what the authority has issued. */
const certificate = (of: string, name: string): NonNullable<ICertificate['spec']> => ({
  ...{ isCA: true, commonName: name, secretName: name, ...LIFETIME },
  privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
  usages: ['cert sign', 'crl sign'],
  issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: rootOf(of) },
});

const bundle = ({ of, authorities, trust }: PrivateAuthorityProps): IBundle => ({
  apiVersion: 'trust.cert-manager.io/v1alpha1',
  kind: 'Bundle',
  spec: {
    sources: authorities.map((authority) => ({ secret: { name: issuerOf(of, authority), key: 'tls.crt' } })),
    target: {
      configMap: { key: AUTHORITY_KEY },
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: [...trust.namespaces] },
        ],
      },
    },
  },
});

function check({ of, namespace, authorities, servers, trust }: PrivateAuthorityProps): void {
  const checks = new Checks('PrivateAuthority')
    .dnsLabel('of', of)
    .dnsLabel('namespace', namespace)
    .dnsLabel('trust.configMap', trust.configMap)
    .that(authorities.length > 0, `'authorities' must not be empty`)
    .that(
      new Set(authorities).size === authorities.length,
      `'authorities' (${authorities.join(', ')}) must be unique`,
    )
    .that(trust.namespaces.length > 0, `'trust.namespaces' must not be empty`);
  for (const server of servers) checks.dnsLabel('servers', server);
  for (const authority of authorities) checks.dnsLabel('authorities', issuerOf(of, authority));
  checks.done();
}
