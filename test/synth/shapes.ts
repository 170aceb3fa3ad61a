/** The fields of rendered objects that these tests read. Optional where an object may lack them. */
import type { OperatorKinds } from './operator-shapes.ts';

export type Strings = Readonly<Record<string, string>>;

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Strings;
  readonly annotations?: Strings;
}

export interface Probe {
  readonly httpGet?: { readonly port: string };
  readonly tcpSocket?: { readonly port: string };
  readonly exec?: object;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly timeoutSeconds?: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly {
    readonly name: string;
    readonly containerPort: number;
    readonly hostPort?: number;
  }[];
  readonly resources: { readonly requests: Strings; readonly limits: Strings };
  readonly securityContext: {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string };
  readonly configMap?: { readonly name: string };
  readonly emptyDir?: object;
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly priorityClassName: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly restartPolicy?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly runAsGroup?: number;
    readonly fsGroup?: number;
    readonly sysctls?: readonly unknown[];
    readonly seccompProfile: { readonly type: string };
  };
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface PodTemplate {
  readonly metadata: Metadata;
  readonly spec: PodSpec;
}

export interface PodMaker {
  readonly replicas?: number;
  readonly selector?: { readonly matchLabels: Strings };
  readonly template: PodTemplate;
  readonly volumeClaimTemplates?: readonly { readonly metadata: Metadata }[];
}

type JobTemplate = { readonly jobTemplate: { readonly spec: JobSpec } };

export interface JobSpec extends PodMaker {
  readonly activeDeadlineSeconds: number;
  readonly backoffLimit: number;
  readonly podFailurePolicy: { readonly rules: readonly object[] };
}

export interface PolicyPeer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: { readonly matchLabels: Strings };
  readonly podSelector?: { readonly matchLabels: Strings };
}

export interface PolicyRule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
}

/** Who has a Role. */
interface Binding {
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace: string;
  }[];
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string; readonly owner?: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
  };
}

/** Where the manifests of an Argo CD Application come from. */
export interface ApplicationSource {
  readonly repoURL: string;
  readonly targetRevision: string;
  readonly path?: string;
  readonly chart?: string;
  readonly helm?: { readonly valuesObject: object };
}

interface GroupKind {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

/** Kind -> what an object of it has beside its metadata. */
export interface Kinds extends OperatorKinds {
  Application: {
    readonly spec: {
      readonly project: string;
      readonly source: ApplicationSource;
      readonly destination: { readonly namespace: string };
      readonly syncPolicy: { readonly syncOptions: readonly string[] };
    };
  };
  AppProject: {
    readonly spec: {
      readonly sourceRepos: readonly string[];
      readonly destinations: readonly { readonly namespace: string }[];
      readonly clusterResourceWhitelist: readonly GroupKind[];
      readonly namespaceResourceWhitelist?: readonly GroupKind[];
    };
  };
  Namespace: object;
  PriorityClass: object;
  ServiceAccount: object;
  Secret: object;
  ConfigMap: { readonly data: Strings };
  Deployment: { readonly spec: PodMaker };
  Rollout: { readonly spec: PodMaker };
  StatefulSet: { readonly spec: PodMaker };
  Job: { readonly spec: JobSpec };
  CronJob: { readonly spec: { readonly schedule: string; readonly suspend?: boolean } & JobTemplate };
  Service: {
    readonly spec: {
      readonly selector: Strings;
      readonly ports: readonly {
        readonly name: string;
        readonly port: number;
        readonly targetPort: string;
      }[];
    };
  };
  Ingress: {
    readonly spec: {
      readonly rules: readonly {
        readonly host: string;
        readonly http: {
          readonly paths: readonly {
            readonly backend: {
              readonly service: { readonly name: string; readonly port: { readonly name: string } };
            };
          }[];
        };
      }[];
    };
  };
  NetworkPolicy: {
    readonly spec: {
      readonly podSelector: { readonly matchLabels?: Strings };
      readonly policyTypes: readonly string[];
      readonly ingress?: readonly PolicyRule[];
      readonly egress?: readonly PolicyRule[];
    };
  };
  HorizontalPodAutoscaler: {
    readonly spec: {
      readonly scaleTargetRef: { readonly kind: string; readonly name: string };
      readonly minReplicas?: number;
      readonly maxReplicas: number;
    };
  };
  PodDisruptionBudget: {
    readonly spec: {
      readonly selector: { readonly matchLabels: Strings };
      readonly maxUnavailable: number | string;
      readonly unhealthyPodEvictionPolicy: string;
    };
  };
  Role: { readonly rules: readonly Rule[] };
  ClusterRole: { readonly rules: readonly Rule[] };
  ClusterRoleBinding: Binding;
  RoleBinding: Binding;
  ValidatingAdmissionPolicy: {
    readonly spec: {
      readonly matchConstraints: {
        readonly resourceRules: readonly {
          readonly apiGroups: readonly string[];
          readonly resources: readonly string[];
        }[];
      };
    };
  };
  ValidatingAdmissionPolicyBinding: object;
  PrometheusRule: { readonly spec: { readonly groups: readonly { readonly rules: readonly AlertRule[] }[] } };
}

export type Kind = keyof Kinds;

/** An object of one kind. */
export type ObjectOf<K extends Kind> = {
  readonly kind: K;
  readonly apiVersion: string;
  readonly metadata: Metadata;
} & Kinds[K];

/** An object of any kind; `kind` says which. */
export type KubeObject = { [K in Kind]: ObjectOf<K> }[Kind];
