import type { Rank } from './findings.ts';

/** A label or an annotation that a controller acts on. */
export interface Actor {
  readonly on: 'labels' | 'annotations';
  readonly key: RegExp;
  /** @default all */
  readonly kinds?: readonly string[];
  /** Who acts, and how; of one that is there afterwards. */
  readonly acts: string;
  /** @default config */
  readonly rank?: Rank;
  /** What the removal does. @default as above */
  readonly gone?: readonly [rank: Rank, acts: string];
}

/**
 * The label of a file that Grafana's sidecar loads.
 * @see https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards
 */
export const GRAFANA_LABEL = /^grafana_(dashboard|datasource|alert)$/;

const MONITORS = [
  'ServiceMonitor.monitoring.coreos.com',
  'PodMonitor.monitoring.coreos.com',
  'PrometheusRule.monitoring.coreos.com',
  'Probe.monitoring.coreos.com',
];

/**
 * Who acts on what, by the documentation of each.
 * @see docs/reference/diff.md for the table that is printed
 */
export const actors: readonly Actor[] = [
  // Kubernetes
  {
    ...{ on: 'labels', key: /^rbac\.authorization\.k8s\.io\/aggregate-to-/, kinds: ['ClusterRole'] },
    acts: 'everybody bound to the ClusterRole that this label names may do what its rules say (aggregation)',
    rank: 'exposure',
    gone: [
      'broken',
      'who is bound to the ClusterRole that this label names may do no longer what its rules say',
    ],
  },
  {
    on: 'annotations',
    key: /^(storageclass|ingressclass|volumesnapshotclass)\.kubernetes\.io\/is-default-class$/,
    acts: 'which class objects without one get',
  },
  {
    on: 'annotations',
    key: /^deprecated\.daemonset\.template\.generation$/,
    acts: 'the controller counts templates by it',
  },
  {
    on: 'annotations',
    key: /^controller\.kubernetes\.io\/pod-deletion-cost$/,
    acts: 'which pod goes first when the replicas are fewer',
  },
  {
    on: 'labels',
    key: /^service\.kubernetes\.io\/(service-proxy-name|headless)$/,
    acts: 'kube-proxy leaves the Service to another proxy: without one nothing answers at its address',
    gone: ['config', 'kube-proxy serves the Service'],
  },
  {
    on: 'labels',
    key: /^(topology|node)\.kubernetes\.io\//,
    kinds: ['PersistentVolume'],
    acts: 'the scheduler places pods of the volume by it',
  },
  // Argo CD
  {
    ...{ on: 'labels', key: /^argocd\.argoproj\.io\/secret-type$/, kinds: ['Secret'] },
    acts: 'Argo CD takes the Secret for the credentials of a repository or a cluster',
    gone: ['broken', 'Argo CD no longer knows the repository or the cluster of this Secret'],
  },
  {
    ...{ on: 'labels', key: /^argocd\.argoproj\.io\/managed-by$/, kinds: ['Namespace'] },
    acts: 'the operator of Argo CD lets the instance of that namespace manage this one, or no longer',
  },
  {
    ...{ on: 'labels', key: /^app\.kubernetes\.io\/part-of$/, kinds: ['ConfigMap', 'Secret'] },
    acts: 'Argo CD reads its own settings by this label (argocd)',
  },
  {
    on: 'annotations',
    key: /^argocd\.argoproj\.io\/sync-wave$/,
    acts: 'Argo CD applies it in another order',
  },
  {
    ...{ on: 'annotations', key: /^argocd\.argoproj\.io\/hook$/ },
    acts: 'Argo CD makes it a hook: it is created anew at every sync, and no longer a part of the desired state',
    rank: 'recreate',
    gone: ['config', 'no hook any more: Argo CD applies and prunes it as any object'],
  },
  {
    on: 'annotations',
    key: /^argocd\.argoproj\.io\/hook-delete-policy$/,
    acts: 'when Argo CD deletes the hook',
  },
  {
    on: 'annotations',
    key: /^argocd\.argoproj\.io\/(compare-options|ignore-.*)$/,
    acts: 'what Argo CD takes for a difference',
  },
  {
    on: 'annotations',
    key: /^argocd\.argoproj\.io\/(tracking-id|installation-id)$/,
    acts: 'Argo CD takes it for the object of another Application',
  },
  {
    on: 'annotations',
    key: /^argocd\.argoproj\.io\/manifest-generate-paths$/,
    acts: 'which commits make Argo CD render it anew',
  },
  {
    ...{
      on: 'annotations',
      key: /^argocd\.argoproj\.io\/skip-reconcile$/,
      kinds: ['Application.argoproj.io'],
    },
    acts: 'Argo CD no longer looks at the Application where it says true: nothing is synced, healed or pruned',
    gone: ['config', 'Argo CD looks at the Application again, whatever waits for a sync included'],
  },
  { on: 'annotations', key: /^notifications\.argoproj\.io\//, acts: 'who gets notifications of Argo CD' },
  {
    on: 'annotations',
    key: /^argocd-image-updater\.argoproj\.io\//,
    acts: 'Argo CD Image Updater sets other images',
  },
  // Helm
  {
    ...{ on: 'annotations', key: /^helm\.sh\/hook$/ },
    acts: 'Argo CD and Helm make it a hook: it is created anew at every sync, and no longer a part of the desired state',
    rank: 'recreate',
    gone: ['config', 'no hook of Helm any more: it is applied and pruned as any object'],
  },
  {
    on: 'annotations',
    key: /^helm\.sh\/hook-(weight|delete-policy)$/,
    acts: 'when the hook of Helm runs and goes',
  },
  {
    ...{ on: 'annotations', key: /^helm\.sh\/resource-policy$/ },
    acts: 'Helm keeps the object when its release goes',
    gone: ['prune', 'Helm deletes the object with its release'],
  },
  { on: 'annotations', key: /^meta\.helm\.sh\/release-/, acts: 'which release of Helm owns it' },
  // Sidecars
  {
    on: 'labels',
    key: /^(istio-injection|istio\.io\/rev|sidecar\.istio\.io\/inject|istio\.io\/dataplane-mode)$/,
    acts: 'Istio takes pods into the mesh, or not, at their next start',
  },
  {
    on: 'annotations',
    key: /^(linkerd\.io|config\.linkerd\.io)\//,
    acts: 'Linkerd injects its proxy, or not, at the next start of pods',
  },
  {
    on: 'annotations',
    key: /^vault\.hashicorp\.com\//,
    acts: 'the agent of Vault is injected, or not, at the next start of pods',
  },
  {
    on: 'annotations',
    key: /^(instrumentation|sidecar)\.opentelemetry\.io\//,
    acts: 'the operator of OpenTelemetry instruments pods, or not, at their next start',
  },
  {
    on: 'labels',
    key: /^elbv2\.k8s\.aws\/pod-readiness-gate-inject$/,
    acts: 'pods count as ready when the load balancer of AWS reaches them, or without, from their next start on',
  },
  // Certificates and names
  {
    ...{ on: 'annotations', key: /^cert-manager\.io\/inject-(ca-from|ca-from-secret|apiserver-ca)$/ },
    acts: 'cert-manager writes the CA into it',
    gone: [
      'broken',
      'cert-manager no longer writes the CA: the API server trusts the certificate until it is renewed by another CA',
    ],
  },
  { on: 'annotations', key: /^cert-manager\.io\//, acts: 'cert-manager makes another certificate for it' },
  {
    ...{ on: 'annotations', key: /^external-dns\.alpha\.kubernetes\.io\// },
    acts: 'external-dns writes other records',
    gone: ['prune', 'external-dns deletes the records that it made for it'],
  },
  // Monitoring
  {
    on: 'labels',
    key: /./,
    kinds: MONITORS,
    acts: 'a Prometheus selects what it reads by labels of this kind',
  },
  {
    on: 'annotations',
    key: /^prometheus\.io\//,
    acts: 'a Prometheus that goes by annotations scrapes it, or not',
  },
  {
    ...{ on: 'labels', key: GRAFANA_LABEL, kinds: ['ConfigMap', 'Secret'] },
    acts: "Grafana's sidecar loads it",
    gone: ['prune', "Grafana's sidecar no longer loads it: the dashboard goes"],
  },
  {
    on: 'annotations',
    key: /^(grafana_folder|k8s-sidecar-target-directory)$/,
    acts: "Grafana's sidecar puts it into another folder",
  },
  // Scaling
  {
    on: 'annotations',
    key: /^scaledobject\.keda\.sh\//,
    acts: 'KEDA takes over the HPA that there is, or not',
    rank: 'scaling',
  },
  {
    on: 'annotations',
    key: /^(reloader\.stakater\.com|configmap\.reloader\.stakater\.com|secret\.reloader\.stakater\.com)\//,
    acts: 'Reloader restarts its pods when a ConfigMap or a Secret changes, or not',
  },
  {
    on: 'annotations',
    key: /^cluster-autoscaler\.kubernetes\.io\//,
    acts: 'whether the cluster autoscaler may evict it',
    rank: 'scaling',
  },
  { on: 'annotations', key: /^karpenter\.sh\//, acts: 'whether Karpenter may disrupt it', rank: 'scaling' },
  // Policies and copies
  {
    on: 'labels',
    key: /^admission\.gatekeeper\.sh\/ignore/,
    kinds: ['Namespace'],
    acts: 'Gatekeeper refuses nothing in the namespace',
    rank: 'exposure',
    gone: ['config', 'Gatekeeper looks at the namespace'],
  },
  { on: 'labels', key: /^velero\.io\/exclude-from-backup$/, acts: 'Velero leaves it out of backups' },
  {
    on: 'annotations',
    key: /^(backup|pre\.hook\.backup|post\.hook\.backup)\.velero\.io\//,
    acts: 'what Velero backs up, and how',
  },
  {
    on: 'annotations',
    key: /^reflector\.v1\.k8s\.emberstack\.com\//,
    acts: 'into which namespaces Reflector copies it',
  },
  {
    on: 'annotations',
    key: /^replicator\.v1\.mittwald\.de\//,
    acts: 'into which namespaces Replicator copies it, or from which',
  },
  {
    on: 'annotations',
    key: /^eks\.amazonaws\.com\/|^iam\.gke\.io\/|^azure\.workload\.identity\//,
    acts: 'which cloud identity its pods have',
  },
];
