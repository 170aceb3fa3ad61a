/** A page of documentation whose headings were compared with those that the crafted changes name. */
export interface Page {
  readonly title: string;
  /** In the repository of the documentation. */
  readonly path: string;
  /** Headings that were found on it, of those that are named. */
  readonly sections: readonly string[];
}

/** Argo CD v3.5.7. */
export const argoPages: readonly Page[] = [
  {
    title: 'Declarative Setup',
    path: 'docs/operator-manual/declarative-setup.md',
    sections: ['Applications', 'Clusters', 'Repositories'],
  },
  {
    title: 'App Deletion',
    path: 'docs/user-guide/app_deletion.md',
    sections: ['About The Deletion Finalizer'],
  },
  { title: 'Automated Sync Policy', path: 'docs/user-guide/auto_sync.md', sections: ['Automatic Pruning'] },
  { title: 'Helm', path: 'docs/user-guide/helm.md', sections: ['Helm Hooks'] },
  { title: 'Projects', path: 'docs/user-guide/projects.md', sections: ['Managing Projects'] },
  {
    title: 'Sync Options',
    path: 'docs/user-guide/sync-options.md',
    sections: [
      'Disable Kubectl Validation',
      'Fail the sync if a shared resource is found',
      'Force Sync',
      'No Prune Resources',
      'No Resource Deletion',
      'Replace Resource Instead Of Applying Changes',
      'Server-Side Apply',
    ],
  },
  {
    title: 'Sync Phases and Waves',
    path: 'docs/user-guide/sync-waves.md',
    sections: ['Hook lifecycle and cleanup'],
  },
  {
    title: 'Directory',
    path: 'docs/user-guide/directory.md',
    sections: [
      'Enabling Recursive Resource Detection',
      'Excluding Certain Files',
      'Including Only Certain Files',
    ],
  },
  { title: 'Multiple Sources for an Application', path: 'docs/user-guide/multiple_sources.md', sections: [] },
  {
    title: 'Application Pruning & Resource Deletion',
    path: 'docs/operator-manual/applicationset/Application-Deletion.md',
    sections: [],
  },
  { title: 'Tool Detection', path: 'docs/user-guide/tool_detection.md', sections: [] },
  {
    title: 'Tracking and Deployment Strategies',
    path: 'docs/user-guide/tracking_strategies.md',
    sections: [],
  },
  { title: 'Sync Windows', path: 'docs/user-guide/sync_windows.md', sections: [] },
  { title: 'Applications in any namespace', path: 'docs/operator-manual/app-any-namespace.md', sections: [] },
  {
    title: 'Diffing Customization',
    path: 'docs/user-guide/diffing.md',
    sections: ['Application Level Configuration'],
  },
  {
    title: 'Web-based Terminal',
    path: 'docs/operator-manual/web_based_terminal.md',
    sections: ['Enabling the terminal'],
  },
  { title: 'RBAC Configuration', path: 'docs/operator-manual/rbac.md', sections: ['Anonymous Access'] },
  { title: 'Compare Options', path: 'docs/user-guide/compare-options.md', sections: [] },
  { title: 'Notifications', path: 'docs/operator-manual/notifications/subscriptions.md', sections: [] },
  {
    title: 'Application Specification',
    path: 'docs/user-guide/application-specification.md',
    sections: [],
  },
  { title: 'Skip Application Reconcile', path: 'docs/user-guide/skip_reconcile.md', sections: [] },
  {
    title: 'Git Generator',
    path: 'docs/operator-manual/applicationset/Generators-Git.md',
    sections: ['Exclude directories'],
  },
  { title: 'List Generator', path: 'docs/operator-manual/applicationset/Generators-List.md', sections: [] },
];

/** kedacore/keda-docs, version 2.21. */
export const kedaPages: readonly Page[] = [
  { title: 'Authentication', path: 'content/docs/2.21/concepts/authentication.md', sections: ['Secret(s)'] },
  { title: 'CPU', path: 'content/docs/2.21/scalers/cpu.md', sections: ['Prerequisites'] },
  {
    title: 'ScaledJob specification',
    path: 'content/docs/2.21/reference/scaledjob-spec.md',
    sections: ['maxReplicaCount'],
  },
  {
    title: 'ScaledObject specification',
    path: 'content/docs/2.21/reference/scaledobject-spec.md',
    sections: ['idleReplicaCount', 'scaleTargetRef'],
  },
  {
    title: 'Scaling Deployments, StatefulSets & Custom Resources',
    path: 'content/docs/2.21/concepts/scaling-deployments.md',
    sections: ['Pausing autoscaling', 'Transferring ownership of an existing HPA'],
  },
];

/** Sections of kubernetes.io that were found in its text, by the titles of their pages; no other is named. */
export const kubernetesSections: Readonly<Record<string, readonly string[]>> = {
  ConfigMaps: ['Motivation', 'ConfigMap object'],
  'Configure Probes': ['Use a named port'],
  'Configure a Pod to use a ConfigMap': ['Restrictions'],
  CronJob: ['Deadline for delayed Job start', 'Schedule suspension'],
  Deployments: ['Pausing and Resuming a rollout of a Deployment'],
  'Horizontal Pod Autoscaling': ['How does a HorizontalPodAutoscaler work?'],
  'Network Policies': ['The two sorts of pod isolation'],
  'Persistent Volumes': ['Expanding Persistent Volumes Claims'],
  'Pod Security Admission': ['Pod Security Admission labels for namespaces'],
  Pods: ['Pod update and replacement'],
  ReplicaSet: ['Isolating Pods from a ReplicaSet', 'Deleting just a ReplicaSet'],
  'Resource Management for Pods and Containers': ['Memory resource units'],
  'Role Based Access Control Good Practices': [
    'Access to proxy subresource of Nodes',
    'CSRs and certificate issuing',
    'Control admission webhooks',
    'Namespace modification',
  ],
  Secrets: ['Constraints on Secret names and data'],
  Service: ['Service type'],
  'Specifying a Disruption Budget for your Application': ['Specifying a PodDisruptionBudget'],
  StatefulSets: ['Start ordinal', 'PersistentVolumeClaim retention', 'Partitioned rolling updates'],
  'The Kubernetes API': ['API groups and versioning'],
  'Using RBAC Authorization': ['Referring to subjects'],
  'Validating Admission Policy': ['Validation actions'],
};

/** Files and packages of kubernetes v1.36.3 and argo-cd v3.5.7 that were opened, and the names that were found in them. */
export const sourceFiles: Readonly<Record<string, readonly string[]>> = {
  'argo-cd controller/state.go': ['NormalizeTargetObjects'],
  'argo-cd reposerver/repository/repository.go': [],
  'argo-cd util/git/git.go': ['NormalizeGitURL'],
  'kubernetes apimachinery pkg/api/resource': [],
  'kubernetes core/v1': [],
  'kubernetes pkg/apis/admissionregistration/v1/defaults.go': [],
  'kubernetes pkg/apis/apps/v1/defaults.go': [],
  'kubernetes pkg/apis/apps/validation': [
    'ValidateDeploymentUpdate',
    'ValidatePodTemplateSpecForReplicaSet',
    'ValidateStatefulSetUpdate',
  ],
  'kubernetes pkg/apis/autoscaling/v2/defaults.go': [],
  'kubernetes pkg/apis/autoscaling/validation': ['ValidateHorizontalPodAutoscaler'],
  'kubernetes pkg/apis/batch/v1/defaults.go': [],
  'kubernetes pkg/apis/batch/validation': ['ValidateJobSpecUpdate', 'validatePodTemplateUpdate'],
  'kubernetes pkg/apis/core/v1/defaults.go': [],
  'kubernetes pkg/apis/core/v1/helper': ['GetAccessModesAsString'],
  'kubernetes pkg/apis/core/validation': [
    'ValidateConfigMapUpdate',
    'ValidateEnv',
    'ValidatePersistentVolumeClaimUpdate',
    'ValidatePersistentVolumeUpdate',
    'ValidatePodUpdate',
    'ValidateResourceQuotaUpdate',
    'ValidateSecretUpdate',
    'ValidateService',
    'ValidateVolumeMounts',
    'ValidateVolumes',
    'validateContainerCommon',
    'validateHandler',
    'validateLoadBalancerClassField',
    'validateServicePort',
    'validateUpgradeDowngradeClusterIPs',
    'validateUpgradeDowngradeIPFamilies',
  ],
  'kubernetes pkg/apis/discovery/validation': [],
  'kubernetes pkg/apis/flowcontrol/v1/defaults.go': [],
  'kubernetes pkg/apis/networking/v1/defaults.go': [],
  'kubernetes pkg/apis/networking/validation': ['ValidateIPBlock', 'ValidateIngressClassUpdate'],
  'kubernetes pkg/apis/node/validation': [],
  'kubernetes pkg/apis/rbac/v1/defaults.go': [],
  'kubernetes pkg/apis/rbac/validation': ['ValidateRoleBindingUpdate'],
  'kubernetes pkg/apis/scheduling/validation': ['ValidatePriorityClassUpdate'],
  'kubernetes pkg/apis/storage/v1/defaults.go': [],
  'kubernetes pkg/apis/storage/validation': ['ValidateStorageClassUpdate'],
  'kubernetes staging apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go': [],
  'kubernetes staging apiextensions-apiserver/pkg/apis/apiextensions/validation': ['ValidateImmutableField'],
  'kubernetes staging/src/k8s.io/api/apps/v1/types.go': ['OnDeleteDaemonSetStrategyType'],
  'kubernetes staging/src/k8s.io/api/core/v1/types.go': [],
  'kubernetes staging/src/k8s.io/api/networking/v1/types.go': [],
  'kubernetes staging/src/k8s.io/api/rbac/v1/types.go': [],
  'kubernetes staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go': [],
};
