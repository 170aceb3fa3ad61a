/** Where Argo CD runs, and where every Application and AppProject lives. */
export const ARGOCD_NAMESPACE = 'argocd';

/** The cluster that Argo CD itself runs in. */
export const IN_CLUSTER = 'https://kubernetes.default.svc';

/** The Application's API. */
export const ARGOCD_API = 'argoproj.io/v1alpha1';

/** The Application that everything else follows from. */
export const ROOT = 'root';
