import { object, type SourcedRow, workload } from '../../testing.ts';

const labelled = (apiVersion: string, kind: string, labels: string, rest = 'spec: {}'): string =>
  object(apiVersion, kind, rest, `labels: {${labels}}`);
const annotated = (apiVersion: string, kind: string, annotations: string, rest = 'spec: {}'): string =>
  object(apiVersion, kind, rest, `annotations: {${annotations}}`);

/** Rows of one label or annotation: what it does where it comes, and where it goes. */
type ActorRow = readonly [
  name: string,
  without: string,
  having: string,
  comes: SourcedRow[3],
  does: RegExp,
  goes: SourcedRow[3],
  undoes: RegExp,
  source: string,
];

const both = (
  name: string,
  of: (entry: string) => string,
  entry: string,
  [comes, does]: readonly [SourcedRow[3], RegExp],
  [goes, undoes]: readonly [SourcedRow[3], RegExp],
  source: string,
): ActorRow => [name, of(''), of(entry), comes, does, goes, undoes, source];

const role = (labels: string): string =>
  labelled('rbac.authorization.k8s.io/v1', 'ClusterRole', labels, 'rules: []');
const secret = (labels: string): string => labelled('v1', 'Secret', labels, 'data: {}');
export const configMap = (labels: string): string => labelled('v1', 'ConfigMap', labels, 'data: {}');
const namespace = (labels: string): string =>
  `{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {${labels}}}}`;
const webhook = (annotations: string): string =>
  annotated('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', annotations, 'webhooks: []');
const service = (annotations: string): string =>
  annotated('v1', 'Service', annotations, 'spec: {ports: [{port: 80}]}');
const job = (annotations: string): string => annotated('v1', 'ConfigMap', annotations, 'data: {a: b}');
const scaled = (annotations: string): string =>
  `${workload('Deployment', 'image: "a:1"')}\n---\n${annotated('keda.sh/v1alpha1', 'ScaledObject', annotations, 'spec: {scaleTargetRef: {name: web}}')}`;
const application = (annotations: string): string =>
  annotated('argoproj.io/v1alpha1', 'Application', annotations, 'spec: {project: default}');
const storage = (annotations: string): string =>
  annotated('storage.k8s.io/v1', 'StorageClass', annotations, 'provisioner: a');
const account = (annotations: string): string =>
  annotated('v1', 'ServiceAccount', annotations, 'automountServiceAccountToken: false');

export const rows: readonly ActorRow[] = [
  both(
    'aggregation into a role of users',
    role,
    'rbac.authorization.k8s.io/aggregate-to-edit: "true"',
    ['exposure', /everybody bound to the ClusterRole/],
    ['broken', /may do no longer what its rules say/],
    'kubernetes.io, Using RBAC Authorization',
  ),
  both(
    "a repository's Secret of Argo CD",
    secret,
    'argocd.argoproj.io/secret-type: repository',
    ['config', /credentials of a repository or a cluster/],
    ['broken', /no longer knows the repository/],
    'Argo CD, Declarative Setup: "Repositories"',
  ),
  both(
    "a cluster's Secret of Argo CD",
    secret,
    'argocd.argoproj.io/secret-type: cluster',
    ['config', /credentials/],
    ['broken', /or the cluster of this Secret/],
    'Argo CD, Declarative Setup: "Clusters"',
  ),
  both(
    'settings of Argo CD',
    configMap,
    'app.kubernetes.io/part-of: argocd',
    ['config', /reads its own settings/],
    ['config', /reads its own settings/],
    'Argo CD, Declarative Setup',
  ),
  both(
    'the sidecar of Istio',
    namespace,
    'istio-injection: enabled',
    ['config', /Istio takes pods into the mesh/],
    ['config', /Istio/],
    'istio.io, Installing the Sidecar',
  ),
  both(
    'a revision of Istio',
    namespace,
    'istio.io/rev: canary',
    ['config', /Istio/],
    ['config', /at their next start/],
    'istio.io, Canary Upgrades',
  ),
  both(
    'the CA that cert-manager injects',
    webhook,
    'cert-manager.io/inject-ca-from: shop/web',
    ['config', /writes the CA/],
    ['broken', /no longer writes the CA/],
    'cert-manager.io, CA Injector',
  ),
  both(
    'a record of external-dns',
    service,
    'external-dns.alpha.kubernetes.io/hostname: a.example.com',
    ['config', /writes other records/],
    ['prune', /deletes the records/],
    'kubernetes-sigs.github.io/external-dns, Annotations',
  ),
  both(
    'a dashboard of Grafana',
    configMap,
    'grafana_dashboard: "1"',
    ['config', /sidecar loads it/],
    ['prune', /no longer loads it/],
    'grafana/helm-charts, Grafana: "Sidecar for dashboards"',
  ),
  both(
    'a hook of Helm',
    job,
    'helm.sh/hook: pre-install',
    ['recreate', /created anew at every sync/],
    ['config', /no hook of Helm any more/],
    'Argo CD, Helm: "Helm Hooks"',
  ),
  both(
    'a hook of Argo CD',
    job,
    'argocd.argoproj.io/hook: PreSync',
    ['recreate', /created anew at every sync/],
    ['config', /no hook any more/],
    'Argo CD, Sync Phases and Waves: "Hook lifecycle and cleanup"',
  ),
  both(
    'what Helm keeps',
    job,
    'helm.sh/resource-policy: keep',
    ['config', /keeps the object/],
    ['prune', /deletes the object/],
    'helm.sh, Chart Development Tips',
  ),
  both(
    'a wave',
    job,
    'argocd.argoproj.io/sync-wave: "1"',
    ['config', /in another order/],
    ['config', /in another order/],
    'Argo CD, Sync Phases and Waves',
  ),
  both(
    'an object that is not pruned',
    job,
    'argocd.argoproj.io/sync-options: Prune=false',
    ['config', /leaves it in the cluster/],
    ['config', /prunes it when it is removed here/],
    'Argo CD, Sync Options: "No Prune Resources"',
  ),
  both(
    'an object that is replaced',
    job,
    'argocd.argoproj.io/sync-options: "Replace=true"',
    ['recreate', /replaces the object at every sync/],
    ['config', /applies it instead/],
    'Argo CD, Sync Options: "Replace Resource Instead Of Applying Changes"',
  ),
  both(
    'an object that is forced',
    job,
    'argocd.argoproj.io/sync-options: "Force=true,Replace=true"',
    ['recreate', /deletes and creates it/],
    ['config', /no longer deletes it/],
    'Argo CD, Sync Options: "Force Sync"',
  ),
  both(
    'a merge by the API server',
    job,
    'argocd.argoproj.io/sync-options: ServerSideApply=true',
    ['config', /merges it by fields and owners/],
    ['config', /last applied annotation/],
    'Argo CD, Sync Options: "Server-Side Apply"',
  ),
  both(
    'differences that do not count',
    job,
    'argocd.argoproj.io/compare-options: IgnoreExtraneous',
    ['config', /takes for a difference/],
    ['config', /takes for a difference/],
    'Argo CD, Compare Options',
  ),
  both(
    'an HPA that KEDA takes over',
    scaled,
    'scaledobject.keda.sh/transfer-hpa-ownership: "true"',
    ['scaling', /takes over the HPA/],
    ['scaling', /takes over the HPA/],
    'keda.sh, Scaling Deployments, StatefulSets & Custom Resources: "Transferring ownership of an existing HPA"',
  ),
  both(
    'scaling that is paused',
    scaled,
    'autoscaling.keda.sh/paused: "true"',
    ['scaling', /pauses or resumes/],
    ['scaling', /pauses or resumes/],
    'keda.sh, Scaling Deployments, StatefulSets & Custom Resources: "Pausing autoscaling"',
  ),
  both(
    'who is notified',
    application,
    'notifications.argoproj.io/subscribe.on-sync-failed.slack: a',
    ['config', /who gets notifications of Argo CD/],
    ['config', /notifications of Argo CD/],
    'Argo CD, Notifications: Subscriptions',
  ),
  both(
    'other images',
    application,
    'argocd-image-updater.argoproj.io/image-list: a=b',
    ['config', /sets other images/],
    ['config', /sets other images/],
    'argocd-image-updater.readthedocs.io',
  ),
  both(
    'the default class of claims',
    storage,
    'storageclass.kubernetes.io/is-default-class: "true"',
    ['config', /objects without one get/],
    ['config', /without one/],
    'kubernetes.io, Change the default StorageClass',
  ),
  both(
    'a role of the cloud',
    account,
    'eks.amazonaws.com/role-arn: reader',
    ['exposure', /act in the cloud as reader/],
    ['config', /cloud identity its pods/],
    'docs.aws.amazon.com, IAM roles for service accounts',
  ),
  both(
    'what is left out of backups',
    configMap,
    'velero.io/exclude-from-backup: "true"',
    ['config', /leaves it out of backups/],
    ['config', /backups/],
    'velero.io, Resource filtering',
  ),
  both(
    'a namespace that Gatekeeper ignores',
    namespace,
    'admission.gatekeeper.sh/ignore: a',
    ['exposure', /refuses nothing/],
    ['config', /looks at the namespace/],
    'open-policy-agent.github.io/gatekeeper, Exempting Namespaces',
  ),
  both(
    'a scrape by annotations',
    service,
    'prometheus.io/scrape: "true"',
    ['config', /goes by annotations/],
    ['config', /goes by annotations/],
    'prometheus-community/helm-charts, Prometheus: "Scraping Pod Metrics via Annotations"',
  ),
];
