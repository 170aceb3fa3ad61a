import type { Checks } from '../packages/contracts/checks.ts';
import type { GitRepository, HelmChart } from '../packages/contracts/platform.ts';
import type { Application, IgnoreDifferences } from './settings.ts';

/** Fields that a controller writes: Argo CD neither reports them as drift nor puts its own value back. */
export type OwnedFields = IgnoreDifferences;

/** One object of a workload. */
export interface Target {
  readonly name: string;
  readonly namespace: string;
}

/** A scaler, an HPA or KEDA says how many. */
export const scaledReplicas = (
  { name, namespace }: Target,
  kind: 'Deployment' | 'Rollout' = 'Deployment',
): OwnedFields => ({
  group: kind === 'Deployment' ? 'apps' : 'argoproj.io',
  ...{ kind, name, namespace, jsonPointers: ['/spec/replicas'] },
});

/** During a release Argo Rollouts shifts requests between two Services, and says which pods each leads to. */
export const splitByTraefik = (
  { name, namespace }: Target,
  services: readonly string[],
): readonly OwnedFields[] => [
  {
    ...{ group: 'traefik.io', kind: 'TraefikService', name, namespace },
    jqPathExpressions: ['.spec.weighted.services[].weight'],
  },
  ...services.map((service) => ({
    ...{ group: '', kind: 'Service', name: service, namespace },
    jsonPointers: ['/spec/selector/rollouts-pod-template-hash'],
  })),
];

/** The same between two subsets of one Service. */
export const splitByIstio = ({ name, namespace }: Target): readonly OwnedFields[] => [
  {
    ...{ group: 'networking.istio.io', kind: 'VirtualService', name, namespace },
    jqPathExpressions: ['.spec.http[].route[].weight'],
  },
  {
    ...{ group: 'networking.istio.io', kind: 'DestinationRule', name, namespace },
    jqPathExpressions: ['.spec.subsets[].labels["rollouts-pod-template-hash"]'],
  },
];

/** An operator that signs its own certificate writes the CA bundle that the API server trusts. */
export const apiServiceAuthority = (name: string): OwnedFields => ({
  ...{ group: 'apiregistration.k8s.io', kind: 'APIService', name, jsonPointers: ['/spec/caBundle'] },
});

/** A certificate injector fills in the authority that the API server trusts. */
export const webhookAuthority = (kind: 'Mutating' | 'Validating', name: string): OwnedFields => ({
  ...{ group: 'admissionregistration.k8s.io', kind: `${kind}WebhookConfiguration`, name },
  jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'],
});

/** A schedule says how many pods an HPA keeps at least. */
export const scheduledMinimum = ({ name, namespace }: Target): OwnedFields => ({
  ...{ group: 'autoscaling', kind: 'HorizontalPodAutoscaler', name, namespace },
  jsonPointers: ['/spec/minReplicas'],
});

/** Where an Application's manifests come from. */
export type Source =
  /** A folder of plain manifests. */
  | { readonly kind: 'folder'; readonly repository: GitRepository; readonly path: string }
  /** A chart with values; the release is named after the Application. */
  | {
      readonly kind: 'chart';
      readonly chart: HelmChart;
      readonly values: object;
      /** The chart's definitions come from elsewhere. @default false */
      readonly skipCrds?: boolean;
    };

/** Where an Application finds its objects, as Argo CD writes it. */
export function sourceOf(name: string, source: Source): Application['spec']['source'] & object {
  if (source.kind === 'folder') {
    const { repository, path } = source;
    return { repoURL: repository.repoURL, targetRevision: repository.revision, path };
  }
  const { repoURL, chart, version } = source.chart;
  const { skipCrds = false } = source;
  const helm = { releaseName: name, valuesObject: source.values, ...(skipCrds && { skipCrds }) };
  return { repoURL, chart, targetRevision: version, helm };
}

const EXACT = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Adds a fault for each path, revision or version that Argo CD could not pin. */
export function checkSource(checks: Checks, source: Source): void {
  if (source.kind === 'folder') {
    const { path, repository } = source;
    const inside = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path) && !path.includes('..');
    checks
      .that(inside, `'path' (${path}) must be a folder below the repository's root`)
      .that(isUrl(repository.repoURL), `'repoURL' (${repository.repoURL}) must be a URL without a wildcard`)
      .that(isRevision(repository.revision), `'revision' (${repository.revision}) must name one revision`);
    return;
  }
  const { repoURL, chart, version } = source.chart;
  checks
    .that(
      !/[*\s]/.test(repoURL) && repoURL.includes('.'),
      `'repoURL' (${repoURL}) must be one Helm repository`,
    )
    .that(chart !== '', `'chart' must not be empty`)
    .that(EXACT.test(version), `'version' (${version}) of ${chart} must be one version, not a range`);
}

const isUrl = (text: string): boolean =>
  !text.includes('*') && (URL.canParse(text) || /^\S+@\S+:\S+$/.test(text));

/** HEAD is whatever the server calls so. */
const isRevision = (text: string): boolean => /^[\w][\w./-]*$/.test(text) && text !== 'HEAD';
