import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import { webhookAuthority } from '../../argocd/source.ts';
import type { Environment } from '../../environments/environment.ts';
import { type Addon, budgetByMinimum, type Resources, resources, type Switch, watched } from './addon.ts';

interface Component {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly minAvailable: number };
}

interface Values extends Component {
  readonly leaderElect: boolean;
  readonly processClusterStore: false;
  readonly processClusterExternalSecret: false;
  readonly processPushSecret: false;
  readonly crds: { readonly annotations: Readonly<Record<string, string>> };
  readonly webhook: Component;
  readonly certController: Component;
  readonly serviceMonitor: Switch;
}

/** The ServiceAccount of External Secrets: it reads as the store of each namespace says. */
export const EXTERNAL_SECRETS = { name: 'external-secrets', namespace: 'external-secrets' } as const;

/** Secrets from the cloud's secret manager. */
export const externalSecrets: Addon<Values> = {
  name: 'external-secrets',
  namespace: { name: EXTERNAL_SECRETS.namespace },
  stage: 'foundation',
  defines: ['external-secrets.io', 'generators.external-secrets.io'],
  ownedFields: [
    webhookAuthority('Validating', 'secretstore-validate'),
    webhookAuthority('Validating', 'externalsecret-validate'),
  ],
  values: (environment) => ({
    ...component(environment, resources('25m', '128Mi')),
    // A store that every namespace could name is never read; nothing is written to the secret manager.
    ...{ processClusterStore: false, processClusterExternalSecret: false, processPushSecret: false },
    leaderElect: environment.addonReplicas > 1,
    crds: { annotations: CONFIRM_REMOVAL },
    webhook: component(environment, resources('25m', '64Mi')),
    certController: component(environment, resources('25m', '128Mi')),
    serviceMonitor: watched(environment),
  }),
};

const component = (environment: Environment, size: Resources): Component => ({
  replicaCount: environment.addonReplicas,
  resources: size,
  podDisruptionBudget: budgetByMinimum(environment),
});
