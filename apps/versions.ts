import type { Chart } from '../argocd/source.ts';

/** Every Helm chart, pinned; the only place that names a version or a repository. */
export const charts = {
  'argo-cd': { repoURL: 'https://argoproj.github.io/argo-helm', chart: 'argo-cd', version: '10.1.1' },
} as const satisfies Readonly<Record<string, Chart>>;

/** What an environment can ask for. */
export type AddonName = keyof typeof charts;
