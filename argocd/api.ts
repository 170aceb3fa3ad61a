/** The shapes of Argo CD's objects, under short names. */
export type { IApplication as Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
export type { IAppProject as AppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
export type { IResourceIgnoreDifferences as IgnoreDifferences } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ResourceIgnoreDifferences';
