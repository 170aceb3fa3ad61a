import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import type { Addon } from './addon.ts';
import { awsOf } from './aws.ts';
import { type Resources, resources, type Switch, watched } from './values.ts';

interface Values {
  readonly replicas: number;
  readonly settings: { readonly clusterName: string; readonly interruptionQueue: string };
  readonly controller: { readonly resources: Resources };
  readonly serviceMonitor: Switch;
}

/** Nodes as pods need them, spot first; it learns of interruptions two minutes before. */
export const karpenter: Addon<Values> = {
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
  values: () => ({ additionalAnnotations: CONFIRM_REMOVAL }),
};
