import { webhookAuthority } from '../../argocd/owned-fields.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Addon } from './addon.ts';
import { CERT_MANAGER } from './cert-manager.ts';
import { OFF, type Resources, resources, type Switch, watched } from './values.ts';

interface Values {
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
export const trustManager: Addon<Values> = {
  name: 'trust-manager',
  namespace: { name: CERT_MANAGER },
  stage: 'secrets',
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
const budgetOf = ({ addonReplicas }: Environment): Values['podDisruptionBudget'] =>
  addonReplicas > 1 ? { enabled: true, maxUnavailable: 1 } : OFF;
