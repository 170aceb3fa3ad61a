import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf } from './labels.ts';
import type { PageLogin } from './shared-page.ts';

/** A page behind the ingress: its host, its path and the Service that answers. */
export interface WebPageProps extends Identity {
  /** The host that a browser asks for. */
  readonly host: string;
  /** Only what is at this path or below it. @default '/' */
  readonly path?: string;
  /** In place of `path`, where only some paths of its server are for browsers: `Prefix` is what is below one too. */
  readonly paths?: Readonly<Record<string, 'Exact' | 'Prefix'>>;
  /** The Service behind it, in the same namespace. */
  readonly service: string;
  /** The Service port's name. */
  readonly port: string;
  readonly ingressClassName: string;
  /** cert-manager's ClusterIssuer for the host's certificate. @default none: plain HTTP */
  readonly clusterIssuer?: string | undefined;
  /** Who asks for a login before the page. @default the page itself */
  readonly login?: PageLogin | undefined;
}

/**
 * A page that a browser reaches from outside the cluster.
 * @throws {ChartError} with every fault of the props
 */
export class WebPage extends Construct {
  constructor(scope: Construct, id: string, props: WebPageProps) {
    super(scope, id);
    check(props);
    const { host, service, port, ingressClassName, clusterIssuer } = props;
    const backend = { service: { name: service, port: { name: port } } };
    new k8s.KubeIngress(this, 'ingress', {
      metadata: {
        ...metadataOf(props),
        ...withoutEmpty(annotations(props)),
      },
      spec: {
        ingressClassName,
        rules: [{ host, http: { paths: pathsOf(props).map((path) => ({ ...path, backend })) } }],
        // Not `certificateSecret`: one Secret cannot hold the page's certificate and that of the workload itself.
        ...(clusterIssuer && { tls: [{ hosts: [host], secretName: `${props.name}-ingress-tls` }] }),
      },
    });
  }
}

const pathsOf = ({ path = '/', paths }: WebPageProps) =>
  paths === undefined
    ? [{ path, pathType: 'Prefix' }]
    : Object.entries(paths).map(([one, pathType]) => ({ path: one, pathType }));

const annotations = ({ clusterIssuer, login }: WebPageProps): Readonly<Record<string, string>> => ({
  ...(clusterIssuer && { 'cert-manager.io/cluster-issuer': clusterIssuer }),
  ...(login && { 'traefik.ingress.kubernetes.io/router.middlewares': login.reference }),
});

const withoutEmpty = (all: Readonly<Record<string, string>>) =>
  Object.keys(all).length > 0 ? { annotations: { ...all } } : {};

function check({ name, host, service }: WebPageProps): void {
  new Checks(`WebPage '${name}'`).hostName('host', host).dnsLabel('service', service).done();
}
