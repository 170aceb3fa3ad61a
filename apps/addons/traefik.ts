import type { Environment } from '../../environments/environment.ts';
import { type Addon, budget, OFF, type Resources, resources, type Switch, watched } from './addon.ts';

interface Values {
  readonly deployment: { readonly replicas: number };
  readonly ingressClass: Switch & { readonly name: string; readonly isDefaultClass: boolean };
  readonly providers: {
    readonly kubernetesCRD: Switch & { readonly allowEmptyServices: boolean };
    readonly kubernetesIngress: {
      readonly publishedService: Switch;
      readonly ingressEndpoint?: { readonly hostname: string };
    };
  };
  readonly ports: { readonly web: Port; readonly websecure: Port };
  readonly service: { readonly spec: Exposure };
  readonly metrics: { readonly prometheus: { readonly service: Switch; readonly serviceMonitor: Switch } };
  readonly global: { readonly checkNewVersion: boolean };
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
  readonly resources: Resources;
}

interface Port {
  readonly nodePort?: number;
  readonly http?: {
    readonly redirections: {
      readonly entryPoint: { readonly to: string; readonly scheme: string; readonly permanent: boolean };
    };
  };
}

type Exposure =
  | { readonly type: 'NodePort' }
  | { readonly type: 'LoadBalancer'; readonly loadBalancerClass: string };

/** A Service of a release may be empty for a moment: that must not take its route away. */
const kubernetesCRD = { enabled: true, allowEmptyServices: true };

/** The way in: an Ingress of its class is a page that browsers reach. */
export const traefik: Addon<Values> = {
  name: 'traefik',
  namespace: { name: 'traefik' },
  stage: 'platform',
  defines: ['traefik.io'],
  confirmPrune: true,
  values: (environment) => ({
    deployment: { replicas: environment.addonReplicas },
    ingressClass: { enabled: true, name: environment.web.ingressClassName, isDefaultClass: false },
    ...entrance(environment),
    metrics: { prometheus: { service: watched(environment), serviceMonitor: watched(environment) } },
    global: { checkNewVersion: false },
    podDisruptionBudget: budget(environment),
    resources: resources('100m', '256Mi'),
  }),
};

/** Through the nodes of a cluster at hand, or through a load balancer of the cloud. */
function entrance({ web }: Environment): Pick<Values, 'providers' | 'ports' | 'service'> {
  if (web.entrance.kind === 'node-ports')
    return {
      // The address that an Ingress shows; a NodePort has none of its own.
      providers: {
        kubernetesCRD,
        kubernetesIngress: { publishedService: OFF, ingressEndpoint: { hostname: 'localhost' } },
      },
      ports: { web: { nodePort: web.entrance.http }, websecure: { nodePort: web.entrance.https } },
      service: { spec: { type: 'NodePort' } },
    };
  const entryPoint = { to: 'websecure', scheme: 'https', permanent: true };
  return {
    providers: { kubernetesCRD, kubernetesIngress: { publishedService: { enabled: true } } },
    ports: {
      web: web.clusterIssuer === undefined ? {} : { http: { redirections: { entryPoint } } },
      websecure: {},
    },
    service: { spec: { type: 'LoadBalancer', loadBalancerClass: web.entrance.loadBalancerClass } },
  };
}
