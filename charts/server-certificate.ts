import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type Identity, metadataOf, wave } from './labels.ts';

/** A certificate for a server inside the cluster, by the cluster's own authority. */
export interface ServerCertificateProps extends Identity {
  /** The Secret that it is kept in. */
  readonly secretName: string;
  /** cert-manager's ClusterIssuer. */
  readonly clusterIssuer: string;
}

/**
 * The certificate of a Service, by the names that pods call it. It is renewed a month before its end, with a new key.
 * @see https://cert-manager.io/docs/usage/certificate/
 */
export class ServerCertificate extends Construct {
  constructor(scope: Construct, id: string, props: ServerCertificateProps) {
    super(scope, id);
    const { apiVersion, kind, spec } = certificate(props);
    new ApiObject(this, 'certificate', {
      ...{ apiVersion, kind, spec },
      metadata: { ...metadataOf(props, props.secretName), annotations: wave('credentials') },
    });
  }
}

const certificate = ({
  name,
  namespace,
  secretName,
  clusterIssuer,
}: ServerCertificateProps): ICertificate => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  spec: {
    ...{ secretName, duration: '2160h', renewBefore: '720h' },
    dnsNames: ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map(
      (domain) => `${name}${domain}`,
    ),
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    usages: ['digital signature', 'server auth'],
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: clusterIssuer },
  },
});
