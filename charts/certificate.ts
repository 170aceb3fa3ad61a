import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type Identity, metadataOf } from './labels.ts';

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
