import {
  ApiException,
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  NetworkingV1Api,
} from '@kubernetes/client-node';
import { boundedRequest, clusterConfig } from '@sluice/runtime/kube';

/** Where in a list to read on. */
export interface PageQuery {
  readonly limit: number;
  readonly _continue?: string;
}

/** Some objects of a list. */
export interface ObjectPage<T = unknown> {
  readonly items: readonly T[];
  /** Where the list goes on; none at its end. */
  readonly next?: string;
}

/** Reads one page of a kind in all namespaces. @throws whatever the client throws */
export type ListPage<T = unknown> = (query: PageQuery, signal: AbortSignal) => Promise<ObjectPage<T>>;

interface ListLike<T> {
  readonly kind?: string;
  readonly items?: T[];
  readonly metadata?: { readonly _continue?: string };
}

/** What answers with status 200 may be a proxy's page or a Status: no list is not an empty one. */
class NoListError extends Error {
  override readonly name = 'NoListError';
}

function page<T>({ kind = '', items, metadata }: ListLike<T>): ObjectPage<T> {
  if (!kind.endsWith('List') || !Array.isArray(items))
    throw new NoListError('the API server answers with what is no list');
  const next = metadata?._continue;
  return { items, ...(next !== undefined && next !== '' && { next }) };
}

/** The longest page: 5,000 objects of 3 KB. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

const asked = (signal: AbortSignal) =>
  boundedRequest({ userAgent: 'sluice-collector', maxBytes: MAX_PAGE_BYTES }, signal);

const WARNINGS = 'type=Warning';

const listed =
  <T>(
    list: (query: PageQuery, options: ReturnType<typeof boundedRequest>) => Promise<ListLike<T>>,
  ): ListPage<T> =>
  async (query, signal) =>
    page(await list(query, asked(signal)));

/** The lists of kinds that every cluster has. */
function ownLists(config: KubeConfig) {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const batch = config.makeApiClient(BatchV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const autoscaling = config.makeApiClient(AutoscalingV2Api);
  return {
    nodes: listed((query, options) => core.listNode(query, options)),
    namespaces: listed((query, options) => core.listNamespace(query, options)),
    deployments: listed((query, options) => apps.listDeploymentForAllNamespaces(query, options)),
    statefulsets: listed((query, options) => apps.listStatefulSetForAllNamespaces(query, options)),
    daemonsets: listed((query, options) => apps.listDaemonSetForAllNamespaces(query, options)),
    cronjobs: listed((query, options) => batch.listCronJobForAllNamespaces(query, options)),
    jobs: listed((query, options) => batch.listJobForAllNamespaces(query, options)),
    pods: listed((query, options) => core.listPodForAllNamespaces(query, options)),
    services: listed((query, options) => core.listServiceForAllNamespaces(query, options)),
    ingresses: listed((query, options) => networking.listIngressForAllNamespaces(query, options)),
    horizontalpodautoscalers: listed((query, options) =>
      autoscaling.listHorizontalPodAutoscalerForAllNamespaces(query, options),
    ),
    persistentvolumeclaims: listed((query, options) =>
      core.listPersistentVolumeClaimForAllNamespaces(query, options),
    ),
    events: listed((query, options) =>
      core.listEventForAllNamespaces({ ...query, fieldSelector: WARNINGS }, options),
    ),
  };
}

/** The lists of kinds that a cluster may have. */
function customLists(config: KubeConfig) {
  const custom = config.makeApiClient(CustomObjectsApi);
  const list =
    (group: string, version: string, plural: string): ListPage =>
    async (query, signal) => {
      const of = { group, version, plural, ...query };
      const answer = await custom.listClusterCustomObject(of, asked(signal));
      const { metadata, ...list } = (answer ?? {}) as Omit<ListLike<unknown>, 'metadata'> & {
        readonly metadata?: { readonly continue?: string };
      };
      return page({ ...list, metadata: { _continue: metadata?.continue ?? '' } });
    };
  return {
    rollouts: list('argoproj.io', 'v1alpha1', 'rollouts'),
    analysisruns: list('argoproj.io', 'v1alpha1', 'analysisruns'),
    applications: list('argoproj.io', 'v1alpha1', 'applications'),
    nodemetrics: list('metrics.k8s.io', 'v1beta1', 'nodes'),
  };
}

/** The lists that a snapshot is made of: all that the collector asks the API server. */
export const clusterLists = (config = clusterConfig()) => ({ ...ownLists(config), ...customLists(config) });

export type ClusterLists = ReturnType<typeof clusterLists>;

/** The status that the API server refused a list with. @returns undefined for any other error */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;
