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

/** `argocd-cm`: what every environment's Argo CD has in common. */
export interface ArgoCdSettings {
  /** Where browsers reach it. */
  readonly url?: string;
  readonly 'admin.enabled': string;
  readonly 'exec.enabled': string;
  readonly 'users.anonymous.enabled': string;
  readonly 'application.resourceTrackingMethod': string;
  readonly 'timeout.reconciliation': string;
  readonly 'resource.customizations.health.argoproj.io_Application': string;
  readonly 'resource.customizations.health.networking.k8s.io_Ingress': string;
}

/**
 * Argo CD has no health check of its own for Applications since 1.8, and so would not wait for a child before the
 * next wave.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/#argocd-app
 */
const APPLICATION_HEALTH = `local health = { status = "Progressing", message = "" }
if obj.status ~= nil and obj.status.health ~= nil then
  health.status = obj.status.health.status or health.status
  health.message = obj.status.health.message or health.message
end
return health
`;

/** The address of an Ingress comes from its controller, which is another Application with a health of its own. */
const INGRESS_HEALTH = `return { status = "Healthy", message = "" }
`;

/** The settings; `url` where it has a page. */
export const argoCdSettings = ({ url }: { readonly url?: string }): ArgoCdSettings => ({
  ...(url !== undefined && { url }),
  // The only account: its password comes from the secret store.
  'admin.enabled': 'true',
  // A shell in a pod is a change that no commit shows.
  'exec.enabled': 'false',
  'users.anonymous.enabled': 'false',
  // A label of the same name is set by many charts, and would make their objects look like ours.
  'application.resourceTrackingMethod': 'annotation',
  'timeout.reconciliation': '120s',
  'resource.customizations.health.argoproj.io_Application': APPLICATION_HEALTH,
  'resource.customizations.health.networking.k8s.io_Ingress': INGRESS_HEALTH,
});

/** `argocd-cmd-params-cm`: the same for every environment. */
export const argoCdParameters = {
  // A sync that waits for a person, or for what never comes, makes room for the next commit after an hour.
  'controller.sync.timeout.seconds': '3600',
  // The ingress controller speaks TLS to browsers; inside the cluster a NetworkPolicy says who connects.
  'server.insecure': 'true',
} as const;
