import type { IServersTransport } from '@kubernetes-models/traefik/traefik.io/v1alpha1/ServersTransport';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type Identity, type Labels, metadataOf } from './labels.ts';
import type { ServerTrust } from './monitoring.ts';
import { wave } from './wave.ts';

/** The Service behind a page, and who may reach it. */
export interface PageBackendProps extends Identity {
  /** The server name and the authorities that verify its certificate. */
  readonly trust: ServerTrust;
}

/**
 * How Traefik reaches a page whose server speaks TLS inside the cluster.
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/serverstransport/
 */
export class PageBackend extends Construct {
  constructor(scope: Construct, id: string, props: PageBackendProps) {
    super(scope, id);
    const { apiVersion, kind, spec } = transport(props.trust);
    new ApiObject(this, 'servers-transport', {
      ...{ apiVersion, kind, spec },
      metadata: { ...metadataOf(props), annotations: wave('credentials') },
    });
  }
}

/** The annotations by which the Service of the page names it. */
export const pageBackendOf = ({ name, namespace }: Pick<Identity, 'name' | 'namespace'>): Labels => ({
  'traefik.ingress.kubernetes.io/service.serversscheme': 'https',
  'traefik.ingress.kubernetes.io/service.serverstransport': `${namespace}-${name}@kubernetescrd`,
});

const transport = ({ serverName, configMap }: ServerTrust): Omit<IServersTransport, 'metadata'> => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'ServersTransport',
  spec: { serverName, rootCAs: [{ configMap }] },
});
