import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import type { Addon } from './addon.ts';
import { budget, type Metrics, metrics, type Resources, resources, type Switch } from './values.ts';

interface Values {
  readonly crdAnnotations: Readonly<Record<string, string>>;
  readonly controller: {
    readonly replicas: number;
    readonly extraArgs: readonly string[];
    readonly resources: Resources;
    readonly metrics: Metrics;
    readonly pdb: Switch & { readonly maxUnavailable: number };
  };
}

/** Canary releases. */
export const argoRollouts: Addon<Values> = {
  name: 'argo-rollouts',
  namespace: { name: 'argo-rollouts' },
  stage: 'platform',
  values: (environment) => ({
    crdAnnotations: CONFIRM_REMOVAL,
    controller: {
      replicas: environment.addonReplicas,
      // By default it uses an API group that Traefik has abandoned.
      extraArgs: ['--traefik-api-group=traefik.io', '--traefik-api-version=traefik.io/v1alpha1'],
      resources: resources('50m', '128Mi'),
      metrics: metrics(environment),
      pdb: budget(environment),
    },
  }),
};
