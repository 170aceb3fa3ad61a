import { webhookAuthority } from '../../argocd/owned-fields.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Addon } from './addon.ts';
import { budget, type Resources, resources, type Switch, watched } from './values.ts';

interface Component {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
}

interface Values extends Component {
  /** `keep`: a removed release leaves every certificate. */
  readonly crds: Switch & { readonly keep: true };
  readonly webhook: Component;
  readonly cainjector: Component;
  readonly prometheus: Switch & { readonly servicemonitor: Switch };
}

/** Its namespace, where the Secrets of ClusterIssuers are. */
export const CERT_MANAGER = 'cert-manager';

/** Certificates for pages, webhooks and the broker. */
export const certManager: Addon<Values> = {
  name: 'cert-manager',
  namespace: { name: CERT_MANAGER },
  stage: 'foundation',
  ownedFields: [
    webhookAuthority('Mutating', 'cert-manager-webhook'),
    webhookAuthority('Validating', 'cert-manager-webhook'),
  ],
  values: (environment) => ({
    ...component(environment, resources('25m', '128Mi')),
    crds: { enabled: true, keep: true },
    webhook: component(environment, resources('25m', '64Mi')),
    cainjector: component(environment, resources('25m', '256Mi')),
    prometheus: { enabled: true, servicemonitor: watched(environment) },
  }),
};

const component = (environment: Environment, size: Resources): Component => ({
  replicaCount: environment.addonReplicas,
  resources: size,
  podDisruptionBudget: budget(environment),
});
