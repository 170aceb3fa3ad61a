import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import { webhookAuthority } from '../../argocd/source.ts';
import { SIDECAR } from '../../charts/dashboards/dashboard.ts';
import { type Environment, pageUrl } from '../../environments/environment.ts';
import type { System } from '../application.ts';
import { type AlertmanagerFiles, alertmanagerFiles, receiverSecretsOf } from '../platform/alerting.ts';
import { MONITORING } from '../platform/identities.ts';
import { type Addon, budgetByMinimum, OFF, type Resources, resources, type Switch } from './addon.ts';
import { type LogDataSource, logDataSources, logPlugins } from './log-stores.ts';

interface Storage {
  readonly volumeClaimTemplate: {
    readonly spec: {
      readonly storageClassName?: string;
      readonly accessModes: readonly ['ReadWriteOnce'];
      readonly resources: { readonly requests: { readonly storage: string } };
    };
  };
}

interface Server {
  readonly replicas: number;
  readonly retention: string;
  readonly resources: Resources;
}

interface Values {
  readonly crds: Switch;
  readonly prometheus: {
    readonly podDisruptionBudget: Switch & { readonly minAvailable: number };
    readonly prometheusSpec: Server & {
      readonly storageSpec: Storage;
      readonly serviceMonitorSelectorNilUsesHelmValues: false;
      readonly podMonitorSelectorNilUsesHelmValues: false;
      readonly ruleSelectorNilUsesHelmValues: false;
    };
  };
  readonly alertmanager: AlertmanagerFiles & {
    readonly podDisruptionBudget: Switch & { readonly minAvailable: number };
    readonly alertmanagerSpec: Server & { readonly storage: Storage; readonly secrets: readonly string[] };
  };
  readonly grafana: {
    readonly admin: { readonly existingSecret: string };
    readonly env: { readonly GF_SECURITY_ADMIN_USER: string };
    readonly resources: Resources;
    readonly additionalDataSources: readonly LogDataSource[];
    readonly plugins: readonly string[];
    readonly sidecar: { readonly dashboards: DashboardSidecar };
    /** Where it is below a path of its host. */
    readonly 'grafana.ini'?: {
      readonly server: { readonly root_url: string; readonly serve_from_sub_path: true };
    };
    readonly testFramework: Switch;
  };
  readonly prometheusOperator: { readonly resources: Resources };
  readonly 'kube-state-metrics': { readonly resources: Resources };
  readonly 'prometheus-node-exporter': { readonly resources: Resources };
  readonly defaultRules: { readonly rules: Readonly<Record<(typeof OWN_RULES)[number], false>> };
  readonly kubeControllerManager: Switch;
  readonly kubeScheduler: Switch;
  readonly kubeEtcd: Switch;
  readonly kubeProxy: Switch;
}

/** How Grafana finds the ConfigMaps with dashboards. */
interface DashboardSidecar extends Switch {
  readonly label: string;
  readonly labelValue: string;
  readonly searchNamespace: 'ALL';
  readonly folderAnnotation: string;
  readonly provider: { readonly foldersFromFilesStructure: true; readonly allowUiUpdates: false };
}

/** The namespace of Prometheus and Grafana, whose node exporter needs what restricted pods may not have. */
export const MONITORING_NAMESPACE = {
  name: MONITORING,
  podSecurity: 'privileged',
  because: 'The node exporter reads the host: its network, its processes and its file systems.',
} as const;

/** Groups of the chart's alerts whose place this repository's own take: of pods, volumes, nodes and scrapes. */
const OWN_RULES = [
  'general',
  'kubernetesApps',
  'kubernetesResources',
  'kubernetesStorage',
  'nodeExporterAlerting',
] as const;

/** The Secret with Grafana's administrator. */
const GRAFANA_ADMIN = 'grafana-admin';

/** Prometheus, Alertmanager and Grafana. */
export const kubePrometheusStack: Addon<Values> = {
  name: 'kube-prometheus-stack',
  namespace: MONITORING_NAMESPACE,
  stage: 'platform',
  needs: ['prometheus-operator-crds'],
  confirmPrune: true,
  secrets: [{ secretName: GRAFANA_ADMIN, keys: { 'admin-password': 'grafana' } }],
  ownedFields: [
    webhookAuthority('Mutating', 'kube-prometheus-stack-admission'),
    webhookAuthority('Validating', 'kube-prometheus-stack-admission'),
  ],
  values: (environment, system) => ({
    crds: OFF,
    prometheus: prometheus(environment),
    alertmanager: alertmanager(environment, system),
    grafana: grafana(environment),
    prometheusOperator: { resources: resources('50m', '128Mi') },
    'kube-state-metrics': { resources: resources('25m', '128Mi') },
    'prometheus-node-exporter': { resources: resources('25m', '64Mi') },
    defaultRules: {
      rules: {
        ...{ general: false, kubernetesApps: false, kubernetesResources: false },
        ...{ kubernetesStorage: false, nodeExporterAlerting: false },
      },
    },
    // They answer on the control plane's own addresses only, or are the cloud's.
    ...{ kubeControllerManager: OFF, kubeScheduler: OFF, kubeEtcd: OFF, kubeProxy: OFF },
  }),
};

const prometheus = (environment: Environment): Values['prometheus'] => ({
  podDisruptionBudget: budgetByMinimum(environment),
  prometheusSpec: {
    replicas: environment.addonReplicas,
    retention: environment.monitoring.retention,
    resources: resources('250m', '1Gi'),
    storageSpec: storage(environment, environment.monitoring.volume),
    // ServiceMonitors of every workload, not only of this release.
    serviceMonitorSelectorNilUsesHelmValues: false,
    podMonitorSelectorNilUsesHelmValues: false,
    ruleSelectorNilUsesHelmValues: false,
  },
});

const alertmanager = (environment: Environment, system: System): Values['alertmanager'] => ({
  ...alertmanagerFiles(environment, system),
  podDisruptionBudget: budgetByMinimum(environment),
  alertmanagerSpec: {
    replicas: environment.addonReplicas,
    retention: '120h',
    resources: resources('25m', '64Mi'),
    storage: storage(environment, '1Gi'),
    secrets: receiverSecretsOf(environment).map(({ secretName }) => secretName),
  },
});

const grafana = (environment: Environment): Values['grafana'] => ({
  admin: { existingSecret: GRAFANA_ADMIN },
  env: { GF_SECURITY_ADMIN_USER: 'admin' },
  resources: resources('100m', '384Mi'),
  additionalDataSources: logDataSources(environment),
  plugins: logPlugins(environment),
  ...(environment.web.sharedHost && {
    'grafana.ini': {
      server: { root_url: pageUrl(environment.web, 'grafana'), serve_from_sub_path: true as const },
    },
  }),
  sidecar: {
    dashboards: {
      enabled: true,
      ...{ label: SIDECAR.label, labelValue: SIDECAR.labelValue, folderAnnotation: SIDECAR.folder },
      // Each application has its dashboards in its own namespace.
      searchNamespace: 'ALL',
      // What is in git is what is shown.
      provider: { foldersFromFilesStructure: true, allowUiUpdates: false },
    },
  },
  testFramework: OFF,
});

const storage = ({ storageClassName }: Environment, size: string): Storage => ({
  volumeClaimTemplate: {
    spec: {
      ...(storageClassName !== undefined && { storageClassName }),
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
    },
  },
});

interface CrdValues {
  readonly crds: { readonly annotations: Readonly<Record<string, string>> };
}

/** The definitions of ServiceMonitor, PrometheusRule and their like, before anybody uses them. */
export const prometheusOperatorCrds: Addon<CrdValues> = {
  name: 'prometheus-operator-crds',
  namespace: MONITORING_NAMESPACE,
  stage: 'definitions',
  defines: ['monitoring.coreos.com'],
  values: () => ({ crds: { annotations: CONFIRM_REMOVAL } }),
};
