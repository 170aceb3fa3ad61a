import type { Addon } from './addon.ts';
import { awsOf } from './aws.ts';
import { budgetByMinimum, type Resources, resources, type Switch } from './values.ts';

interface Values {
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
export const awsEfsCsiDriver: Addon<Values> = {
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
