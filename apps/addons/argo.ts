import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import {
  ARGOCD_NAMESPACE,
  type ArgoCdSettings,
  argoCdParameters,
  argoCdSettings,
} from '../../argocd/settings.ts';
import { BALANCER_CLASS, balancerAnnotations } from '../../charts/shared-page.ts';
import { type Environment, pageUrl, SHARED_PATHS, type SharedHost } from '../../environments/environment.ts';
import {
  type Addon,
  budget,
  type Metrics,
  metrics,
  OFF,
  type Resources,
  resources,
  type Switch,
} from './addon.ts';

interface Component {
  readonly replicas: number;
  readonly resources: Resources;
  readonly metrics: Metrics;
  readonly pdb: Switch & { readonly maxUnavailable: number };
}

interface ArgoCdValues {
  readonly fullnameOverride: 'argocd';
  readonly global: { readonly domain: string };
  readonly crds: { readonly keep: true; readonly annotations: Readonly<Record<string, string>> };
  readonly configs: {
    readonly cm: ArgoCdSettings;
    readonly params: typeof argoCdParameters & { readonly 'server.rootpath'?: string };
    readonly rbac: { readonly 'policy.default': string };
  };
  readonly controller: Omit<Component, 'pdb'>;
  readonly repoServer: Component;
  readonly server: Component & { readonly ingress: Ingress };
  readonly redis: { readonly resources: Resources };
  readonly applicationSet: { readonly replicas: 0 };
  readonly notifications: Switch;
  readonly dex: Switch;
}

interface Ingress extends Switch {
  readonly ingressClassName: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly tls: boolean;
  readonly path?: string;
  readonly pathType?: 'Prefix';
}

/** Argo CD, by itself: its own release is an Application like any other. */
export const argoCd: Addon<ArgoCdValues> = {
  name: 'argo-cd',
  namespace: { name: ARGOCD_NAMESPACE },
  stage: 'platform',
  defines: ['argoproj.io/Application', 'argoproj.io/ApplicationSet', 'argoproj.io/AppProject'],
  secrets: [
    {
      // Without these keys Argo CD makes up a password and keeps it in argocd-initial-admin-secret.
      secretName: 'argocd-secret',
      keys: { 'admin.password': 'argocd-admin-hash', 'admin.passwordMtime': 'argocd-admin-changed' },
      ...{ given: true, intoExisting: true },
    },
    {
      secretName: 'repository',
      keys: { type: 'repository-type', url: 'repository-url', sshPrivateKey: 'repository-deploy-key' },
      secretLabels: { 'argocd.argoproj.io/secret-type': 'repository' },
      given: true,
    },
  ],
  values: (environment) => ({
    // The names that Argo CD's own manifests have, whatever the release is called.
    fullnameOverride: 'argocd',
    global: { domain: environment.web.sharedHost?.host ?? environment.web.hosts.argocd },
    crds: {
      keep: true,
      annotations: { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true,Prune=confirm,Delete=confirm' },
    },
    configs: configs(environment),
    controller: { replicas: 1, resources: resources('250m', '1Gi'), metrics: metrics(environment) },
    repoServer: component(environment, resources('100m', '512Mi')),
    server: { ...component(environment, resources('50m', '256Mi')), ingress: ingress(environment) },
    // A cache: what it loses is rendered again.
    redis: { resources: resources('50m', '128Mi') },
    // Nothing here generates Applications, sends messages or signs on elsewhere.
    applicationSet: { replicas: 0 },
    notifications: OFF,
    dex: OFF,
  }),
};

const component = (environment: Environment, size: Resources): Component => ({
  ...{ replicas: environment.addonReplicas, resources: size },
  ...{ metrics: metrics(environment), pdb: budget(environment) },
});

const configs = ({ web }: Environment): ArgoCdValues['configs'] => ({
  cm: argoCdSettings({ url: pageUrl(web, 'argocd') }),
  params: { ...argoCdParameters, ...(web.sharedHost && { 'server.rootpath': SHARED_PATHS.argocd }) },
  // A user that no policy names has no rights.
  rbac: { 'policy.default': '' },
});

function ingress({ web: { ingressClassName, clusterIssuer, sharedHost } }: Environment): Ingress {
  if (sharedHost !== undefined)
    return {
      ...{ enabled: true, ingressClassName: BALANCER_CLASS, tls: false },
      annotations: balancerAnnotations({ ...hostOf(sharedHost), healthPath: '/healthz' }),
      path: SHARED_PATHS.argocd,
      pathType: 'Prefix',
    };
  return {
    ...{ enabled: true, ingressClassName },
    annotations: clusterIssuer === undefined ? {} : { 'cert-manager.io/cluster-issuer': clusterIssuer },
    tls: clusterIssuer !== undefined,
  };
}

/** Argo CD signs users on itself. */
const hostOf = ({ host, certificateArn, scheme }: SharedHost) => ({ host, certificateArn, scheme });

interface RolloutsValues {
  readonly crdAnnotations: Readonly<Record<string, string>>;
  readonly controller: {
    readonly replicas: number;
    readonly extraArgs: readonly string[];
    readonly resources: Resources;
    readonly metrics: Metrics;
    readonly pdb: Switch & { readonly maxUnavailable: number };
  };
}

/** Canary releases. */
export const argoRollouts: Addon<RolloutsValues> = {
  name: 'argo-rollouts',
  namespace: { name: 'argo-rollouts' },
  stage: 'platform',
  defines: ['argoproj.io/Rollout', 'argoproj.io/AnalysisTemplate', 'argoproj.io/ClusterAnalysisTemplate'],
  values: (environment) => ({
    crdAnnotations: CONFIRM_REMOVAL,
    controller: {
      replicas: environment.addonReplicas,
      // By default it uses an API group that Traefik has abandoned.
      extraArgs: ['--traefik-api-group=traefik.io', '--traefik-api-version=traefik.io/v1alpha1'],
      resources: resources('50m', '128Mi'),
      metrics: metrics(environment),
      pdb: budget(environment),
    },
  }),
};
