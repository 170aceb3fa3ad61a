import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { clusterLabels, type Identity, metadataOf } from './labels.ts';

/** The issuer of certificates for the pages of a cluster (ACME). */
export interface ClusterIssuerProps {
  /** The name by which Ingresses ask for it. */
  readonly name: string;
  /** The ingress class whose controller answers the authority's challenge. */
  readonly ingressClassName: string;
  /** Where the authority speaks ACME. @default Let's Encrypt */
  readonly server?: string;
}

/** cert-manager's object, as far as it is used here. */
interface AcmeIssuer {
  readonly acme: {
    readonly server: string;
    readonly privateKeySecretRef: { readonly name: string };
    readonly solvers: readonly {
      readonly http01: { readonly ingress: { readonly ingressClassName: string } };
    }[];
  };
}

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

/**
 * An authority for certificates, who asks for a page on the host to see that it is ours.
 * @throws {ChartError} with every fault of the props
 * @see https://cert-manager.io/docs/configuration/acme/http01/
 */
export class ClusterIssuer extends Construct {
  constructor(scope: Construct, id: string, props: ClusterIssuerProps) {
    super(scope, id);
    const { name, ingressClassName, server = LETS_ENCRYPT } = props;
    new Checks(`ClusterIssuer '${name}'`)
      .dnsLabel('name', name)
      .dnsLabel('ingressClassName', ingressClassName)
      .that(server.startsWith('https://'), `'server' (${server}) must be an https URL`)
      .done();
    const spec: AcmeIssuer = {
      acme: {
        server,
        privateKeySecretRef: { name: `${name}-account` },
        solvers: [{ http01: { ingress: { ingressClassName } } }],
      },
    };
    new ApiObject(this, 'issuer', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name, labels: { ...clusterLabels } },
      spec,
    });
  }
}

/** A certificate of cert-manager for the hosts of a page. */
export interface CertificateProps extends Identity {
  /** The host it is for. */
  readonly host: string;
  /** cert-manager's ClusterIssuer. */
  readonly clusterIssuer: string;
}

/** The Secret that a host's certificate is kept in. */
export const certificateSecret = ({ name }: Pick<Identity, 'name'>): string => `${name}-tls`;

/**
 * A host's certificate. An Ingress needs none of these, cert-manager makes it one by an annotation; other ways in do.
 * @see https://cert-manager.io/docs/usage/certificate/
 */
export class Certificate extends Construct {
  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    const { apiVersion, kind, spec } = certificate(props);
    new ApiObject(this, 'certificate', { apiVersion, kind, metadata: metadataOf(props), spec });
  }
}

const certificate = (props: CertificateProps): ICertificate => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  spec: {
    secretName: certificateSecret(props),
    dnsNames: [props.host],
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: props.clusterIssuer },
  },
});
