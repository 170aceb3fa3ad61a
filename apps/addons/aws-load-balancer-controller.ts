import { webhookAuthority } from '../../argocd/owned-fields.ts';
import type { Addon } from './addon.ts';
import { awsOf } from './aws.ts';
import { type Resources, resources, type Switch, watched } from './values.ts';

interface Values {
  readonly replicaCount: number;
  readonly clusterName: string;
  readonly region: string;
  readonly vpcTags: Readonly<Record<string, string>>;
  readonly enableCertManager: boolean;
  readonly enableServiceMutatorWebhook: boolean;
  readonly createIngressClassResource: boolean;
  readonly ingressClassParams: { readonly create: boolean };
  readonly podDisruptionBudget: { readonly maxUnavailable?: number };
  readonly serviceMonitor: Switch;
  readonly resources: Resources;
}

/** A load balancer for each Service that asks for one, and for the host that pages share. */
export const awsLoadBalancerController: Addon<Values> = {
  name: 'aws-load-balancer-controller',
  namespace: { name: 'kube-system' },
  stage: 'platform',
  onAws: true,
  // Without it the chart makes a new certificate each time it is rendered.
  needs: ['cert-manager'],
  ownedFields: [
    webhookAuthority('Mutating', 'aws-load-balancer-webhook'),
    webhookAuthority('Validating', 'aws-load-balancer-webhook'),
  ],
  values: (environment) => {
    const { clusterName, region, vpcName } = awsOf(environment);
    return {
      replicaCount: environment.addonReplicas,
      ...{ clusterName, region, vpcTags: { Name: vpcName } },
      enableCertManager: true,
      // Services name their load balancer's class themselves.
      enableServiceMutatorWebhook: false,
      // Ingresses are Traefik's, but those of the shared host.
      createIngressClassResource: environment.web.sharedHost !== undefined,
      ingressClassParams: { create: false },
      podDisruptionBudget: environment.addonReplicas > 1 ? { maxUnavailable: 1 } : {},
      serviceMonitor: watched(environment),
      resources: resources('50m', '256Mi'),
    };
  },
};
