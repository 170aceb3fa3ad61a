/** The shapes of Argo CD's objects, under short names. */
export type { IApplication as Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
export type { IAppProject as AppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
export type { IResourceIgnoreDifferences as IgnoreDifferences } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ResourceIgnoreDifferences';

/**
 * The order in which a parent brings up its children: it waits for a wave's Applications to be healthy, which
 * needs the health check of `settings.ts`. Definitions come first, because an object of a kind that the server
 * does not know stops a whole sync.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export const DELIVERY_WAVES = {
  project: -2,
  addons: 0,
  infraWorkloads: 1,
  workloads: 2,
  root: 3,
} as const;

/** Inside one parent. */
export const STAGES = { definitions: 0, foundation: 1, secrets: 2, platform: 3 } as const;

export type Stage = keyof typeof STAGES;

/** The annotation that puts an object into a sync wave; lower waves are applied first. */
export const syncWave = (value: number): { readonly [key: string]: string } => ({
  'argocd.argoproj.io/sync-wave': String(value),
});

/** Where Argo CD runs, and where every Application and AppProject lives. */
export const ARGOCD_NAMESPACE = 'argocd';

/** The cluster that Argo CD itself runs in. */
export const IN_CLUSTER = 'https://kubernetes.default.svc';

/** The Application's API. */
export const ARGOCD_API = 'argoproj.io/v1alpha1';

/** The Application that everything else follows from. */
export const ROOT = 'root';
