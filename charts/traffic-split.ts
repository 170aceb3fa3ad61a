import type { IDestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1/DestinationRule';
import type { IVirtualService } from '@kubernetes-models/istio/networking.istio.io/v1/VirtualService';
import type { IIngressRoute } from '@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute';
import type { ITraefikService } from '@kubernetes-models/traefik/traefik.io/v1alpha1/TraefikService';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { TrafficRouter } from '../packages/contracts/platform.ts';
import { Certificate, certificateSecret } from './certificate.ts';
import { type Identity, metadataOf, selectorOf } from './labels.ts';
import { HTTP_PORT, HTTP_PORT_NAME } from './pod.ts';
import { releaseNames } from './release.ts';
import { HttpService } from './worker.ts';

/** How requests are divided between two versions of a service. */
export interface TrafficSplitProps extends Identity {
  readonly router: TrafficRouter;
  /** The host that a browser asks for. */
  readonly host: string;
  /** Only what is at this path or below it. */
  readonly path: string;
  /** cert-manager's ClusterIssuer for the host's certificate; at Istio the Gateway has it. @default none: plain HTTP */
  readonly clusterIssuer?: string | undefined;
  /** Istio's Gateway that receives the requests: `namespace/name`. @default those of the mesh alone */
  readonly gateway?: string | undefined;
}

/**
 * The way to a web service whose releases are canaries. Argo Rollouts writes the weights (and, of Istio's subsets
 * and Traefik's Services, which pods they are): see `splitByTraefik` and `splitByIstio` in argocd/source.ts.
 *
 * @throws {ChartError} with every fault of the props
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/traffic-management/
 */
export class TrafficSplit extends Construct {
  constructor(scope: Construct, id: string, props: TrafficSplitProps) {
    super(scope, id);
    check(props);
    const objects =
      props.router === 'traefik' ? this.#traefik(props) : [virtualService(props), destinationRule(props)];
    for (const { apiVersion, kind, spec } of objects)
      new ApiObject(this, kind.toLowerCase(), { apiVersion, kind, metadata: metadataOf(props), spec });
  }

  /** Traefik splits between Services. Prometheus reads the pods by the one that leads to both. */
  #traefik(props: TrafficSplitProps) {
    const { clusterIssuer } = props;
    const { stable, canary } = releaseNames(props);
    for (const serviceName of [stable, canary])
      new HttpService(this, serviceName, { ...props, component: 'release', serviceName });
    if (clusterIssuer !== undefined) new Certificate(this, 'certificate', { ...props, clusterIssuer });
    return [ingressRoute(props), traefikService(props)];
  }
}

/** An Ingress leads to Services only; this leads to what splits between two. */
const ingressRoute = ({ name, host, path, clusterIssuer }: TrafficSplitProps): IIngressRoute => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata: {},
  spec: {
    entryPoints: [clusterIssuer === undefined ? 'web' : 'websecure'],
    routes: [
      {
        kind: 'Rule',
        match: `Host(\`${host}\`) && (Path(\`${path}\`) || PathPrefix(\`${path}/\`))`,
        services: [{ kind: 'TraefikService', name }],
      },
    ],
    ...(clusterIssuer !== undefined && { tls: { secretName: certificateSecret({ name }) } }),
  },
});

/** Where no release is under way, all requests are the stable version's. */
function traefikService(props: TrafficSplitProps): ITraefikService {
  const { stable, canary } = releaseNames(props);
  const share = (name: string, weight: number) => ({ name, port: HTTP_PORT_NAME, weight });
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: {},
    spec: { weighted: { services: [share(stable, 100), share(canary, 0)] } },
  };
}

const serviceHost = ({ name, namespace }: Identity): string => `${name}.${namespace}.svc.cluster.local`;

function virtualService(props: TrafficSplitProps): IVirtualService {
  const { host, path, gateway } = props;
  const share = (subset: string, weight: number) => ({
    destination: { host: serviceHost(props), subset, port: { number: HTTP_PORT } },
    weight,
  });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    spec: {
      hosts: [serviceHost(props), ...(gateway === undefined ? [] : [host])],
      gateways: ['mesh', ...(gateway === undefined ? [] : [gateway])],
      http: [
        {
          // At this path itself, and below it.
          match: [{ uri: { exact: path } }, { uri: { prefix: `${path}/` } }],
          route: [share('stable', 100), share('canary', 0)],
        },
      ],
    },
  };
}

const destinationRule = (props: TrafficSplitProps): IDestinationRule => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  spec: {
    host: serviceHost(props),
    subsets: ['stable', 'canary'].map((name) => ({ name, labels: { ...selectorOf(props) } })),
  },
});

function check({ name, host, path, gateway }: TrafficSplitProps): void {
  new Checks(`TrafficSplit '${name}'`)
    .hostName('host', host)
    .that(
      /^(\/[-\w.~]+)+$/.test(path),
      `'path' (${path}) must be parts of letters, digits, - _ . and ~, each behind a /: it becomes part of a rule`,
    )
    .that(
      gateway === undefined || /^[-a-z0-9]+\/[-a-z0-9.]+$/.test(gateway),
      `'gateway' (${gateway}) must be namespace/name`,
    )
    .done();
}
