import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import { webhookAuthority } from '../../argocd/source.ts';
import type { AwsCluster, Environment } from '../../environments/environment.ts';
import { ChartError } from '../../packages/contracts/checks.ts';
import { type Addon, budgetByMinimum, type Resources, resources, type Switch, watched } from './addon.ts';

/** What addons of the cloud have to know. @throws {ChartError} where the environment is not on AWS */
export function awsOf({ name, aws }: Environment): AwsCluster {
  if (aws === undefined) throw new ChartError(`Environment '${name}'`, [`'aws' must be set`]);
  return aws;
}

interface EfsValues {
  readonly controller: {
    readonly replicaCount: number;
    readonly resources: Resources;
    readonly podDisruptionBudget: Switch & { readonly minAvailable: number };
  };
  readonly node: { readonly resources: Resources };
  readonly storageClasses: readonly StorageClass[];
  readonly useHelmHooksForCSIDriver: boolean;
}

interface StorageClass {
  readonly name: string;
  readonly parameters: {
    readonly provisioningMode: 'efs-ap';
    readonly fileSystemId: string;
    readonly directoryPerms: string;
  };
  readonly reclaimPolicy: 'Retain';
  readonly volumeBindingMode: 'WaitForFirstConsumer';
}

/** Volumes that follow a pod to any zone. */
export const awsEfsCsiDriver: Addon<EfsValues> = {
  name: 'aws-efs-csi-driver',
  namespace: { name: 'kube-system' },
  stage: 'foundation',
  onAws: true,
  values: (environment) => ({
    controller: {
      replicaCount: environment.addonReplicas,
      resources: resources('25m', '128Mi'),
      podDisruptionBudget: budgetByMinimum(environment),
    },
    node: { resources: resources('25m', '256Mi') },
    storageClasses: [
      {
        name: 'efs',
        parameters: {
          ...{ provisioningMode: 'efs-ap', directoryPerms: '700' },
          fileSystemId: awsOf(environment).fileSystemId,
        },
        reclaimPolicy: 'Retain',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ],
    // A hook would delete the driver and create it again at each sync.
    useHelmHooksForCSIDriver: false,
  }),
};

interface LoadBalancerValues {
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
export const awsLoadBalancerController: Addon<LoadBalancerValues> = {
  name: 'aws-load-balancer-controller',
  namespace: { name: 'kube-system' },
  stage: 'platform',
  defines: ['elbv2.k8s.aws'],
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

interface KarpenterValues {
  readonly replicas: number;
  readonly settings: { readonly clusterName: string; readonly interruptionQueue: string };
  readonly controller: { readonly resources: Resources };
  readonly serviceMonitor: Switch;
}

/** Nodes as pods need them, spot first; it learns of interruptions two minutes before. */
export const karpenter: Addon<KarpenterValues> = {
  name: 'karpenter',
  namespace: { name: 'kube-system' },
  stage: 'foundation',
  onAws: true,
  needs: ['karpenter-crd'],
  skipCrds: true,
  values: (environment) => {
    const { clusterName, interruptionQueue } = awsOf(environment);
    return {
      replicas: environment.addonReplicas,
      settings: { clusterName, interruptionQueue },
      controller: { resources: resources('250m', '1Gi') },
      serviceMonitor: watched(environment),
    };
  },
};

interface Definitions {
  readonly additionalAnnotations: Readonly<Record<string, string>>;
}

/** A removed NodePool takes its nodes along: its definition is a release of its own. */
export const karpenterCrd: Addon<Definitions> = {
  name: 'karpenter-crd',
  namespace: { name: 'kube-system' },
  stage: 'definitions',
  defines: ['karpenter.sh', 'karpenter.k8s.aws'],
  values: () => ({ additionalAnnotations: CONFIRM_REMOVAL }),
};
