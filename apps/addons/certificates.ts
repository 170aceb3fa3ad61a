import { webhookAuthority } from '../../argocd/source.ts';
import type { Environment } from '../../environments/environment.ts';
import { type Addon, budget, OFF, type Resources, resources, type Switch, watched } from './addon.ts';

interface Component {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
}

interface CertManagerValues extends Component {
  /** `keep`: a removed release leaves every certificate. */
  readonly crds: Switch & { readonly keep: true };
  readonly webhook: Component;
  readonly cainjector: Component;
  readonly prometheus: Switch & { readonly servicemonitor: Switch };
}

/** Its namespace, where the Secrets of ClusterIssuers are. */
export const CERT_MANAGER = 'cert-manager';

/** Certificates for pages, webhooks and the broker. */
export const certManager: Addon<CertManagerValues> = {
  name: 'cert-manager',
  namespace: { name: CERT_MANAGER },
  stage: 'foundation',
  defines: ['cert-manager.io', 'acme.cert-manager.io'],
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

interface TrustManagerValues {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly crds: Switch & { readonly keep: true };
  readonly defaultPackage: Switch;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable?: number };
  readonly app: {
    /** The namespace whose Secrets it reads. */
    readonly trust: { readonly namespace: string };
    readonly metrics: { readonly service: { readonly servicemonitor: Switch } };
  };
}

/** Copies trusted certificate authorities to the namespaces that need them; no key is copied. */
export const trustManager: Addon<TrustManagerValues> = {
  name: 'trust-manager',
  namespace: { name: CERT_MANAGER },
  stage: 'secrets',
  defines: ['trust.cert-manager.io'],
  needs: ['cert-manager'],
  ownedFields: [webhookAuthority('Validating', 'trust-manager')],
  values: (environment) => ({
    replicaCount: environment.addonReplicas,
    resources: resources('25m', '64Mi'),
    crds: { enabled: true, keep: true },
    // The public authorities sign no certificate here.
    defaultPackage: OFF,
    podDisruptionBudget: budgetOf(environment),
    app: {
      trust: { namespace: CERT_MANAGER },
      metrics: { service: { servicemonitor: watched(environment) } },
    },
  }),
};

/** Its chart takes no further property of a budget that is off. */
const budgetOf = ({ addonReplicas }: Environment): TrustManagerValues['podDisruptionBudget'] =>
  addonReplicas > 1 ? { enabled: true, maxUnavailable: 1 } : OFF;
