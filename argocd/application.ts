import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { clusterLabels } from '../charts/labels.ts';
import { Checks } from '../packages/contracts/checks.ts';
import {
  ARGOCD_API,
  ARGOCD_NAMESPACE,
  IN_CLUSTER,
  type Application as Manifest,
  syncWave,
} from './settings.ts';
import { checkSource, type OwnedFields, type Source, sourceOf } from './source.ts';

/** An Argo CD Application: what it delivers, where to, and in which wave. */
export interface ApplicationProps {
  /** Its name in Argo CD, and its Helm release's. */
  readonly name: string;
  /** The AppProject that bounds it. */
  readonly project: string;
  readonly source: Source;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** Its place among its siblings. */
  readonly wave: number;
  /** What other controllers write. @default nothing */
  readonly ownedFields?: readonly OwnedFields[];
  /** Deleting the Application deletes what it brought. @default false: the objects stay and run on */
  readonly cascade?: boolean;
  /** Nothing of it is removed before a person confirms it. @default false */
  readonly confirmPrune?: boolean;
}

/**
 * One Argo CD Application that follows its source by itself: applied by the server, healed, pruned, tried again,
 * and never emptied.
 * @throws {ChartError} with every fault of the props
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 */
export class Application extends Construct {
  constructor(scope: Construct, id: string, props: ApplicationProps) {
    super(scope, id);
    check(props);
    const { name, source, wave, cascade = false } = props;
    new ApiObject(this, 'application', {
      apiVersion: ARGOCD_API,
      kind: 'Application',
      metadata: {
        name,
        namespace: ARGOCD_NAMESPACE,
        labels: { ...clusterLabels },
        annotations: { ...syncWave(wave), ...COMPARE, ...(source.kind === 'folder' && PATHS) },
        ...(cascade && { finalizers: ['resources-finalizer.argocd.argoproj.io'] }),
      },
      spec: specOf(props),
    });
  }
}

/** The server says what an apply would change: its defaults are no drift. */
const COMPARE = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };

/** A commit that touches nothing in the folder is not rendered again. Relative to the source's path. */
const PATHS = { 'argocd.argoproj.io/manifest-generate-paths': '.' };

function specOf(props: ApplicationProps): Manifest['spec'] {
  const { name, project, source, namespace, ownedFields = [] } = props;
  return {
    project,
    source: sourceOf(name, source),
    destination: { server: IN_CLUSTER, namespace },
    ...(ownedFields.length > 0 && { ignoreDifferences: [...ownedFields] }),
    syncPolicy: {
      automated: { prune: true, selfHeal: true, allowEmpty: false },
      // Indefinitely: what a sync waits for (a definition, a webhook) may take long, with no one to retry it. With the
      // newest commit: the fix of what failed is one.
      retry: { limit: -1, refresh: true, backoff: { duration: '5s', factor: 2, maxDuration: '1m' } },
      syncOptions: syncOptions(props),
    },
  };
}

/**
 * Pruned last, and not at all while something else of the same sync fails. Where a controller writes fields, an object
 * that differs in these alone is left alone: a sync would write what Argo CD last saw there, which a watch may have
 * brought before the controller's last word.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#selective-sync
 */
const syncOptions = ({ ownedFields = [], confirmPrune = false }: ApplicationProps): string[] => [
  'ServerSideApply=true',
  'PruneLast=true',
  'FailOnSharedResource=true',
  ...(ownedFields.length > 0 ? ['RespectIgnoreDifferences=true', 'ApplyOutOfSyncOnly=true'] : []),
  ...(confirmPrune ? ['Prune=confirm'] : []),
];

function check({ name, project, source, namespace, wave }: ApplicationProps): void {
  const checks = new Checks(`Application '${name}'`)
    .dnsLabel('name', name)
    // Helm puts the release's name before the names of its objects.
    .that(name.length <= 53, `'name' (${name}) must have at most 53 characters: it names a Helm release`)
    .dnsLabel('project', project)
    .that(project !== 'default', `'project' (${project}) must be one of its own: 'default' permits nothing`)
    .dnsLabel('namespace', namespace)
    .that(Number.isSafeInteger(wave), `'wave' (${wave}) must be a whole number`);
  checkSource(checks, source);
  checks.done();
}
