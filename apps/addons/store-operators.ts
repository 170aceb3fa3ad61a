import { webhookAuthority } from '../../argocd/source.ts';
import { charts } from '../../environments/versions.ts';
import { STORES } from '../platform/stores.ts';
import {
  type Addon,
  budgetByMinimum,
  RESTRICTED_POD,
  type Resources,
  resources,
  type Switch,
} from './addon.ts';

interface EckValues {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly podSecurityContext: typeof RESTRICTED_POD;
  readonly podDisruptionBudget: Switch & { readonly minAvailable: number };
  readonly telemetry: { readonly disabled: boolean };
}

/** Elasticsearch and Kibana as objects. */
export const eckOperator: Addon<EckValues> = {
  name: 'eck-operator',
  namespace: { name: 'elastic-system' },
  stage: 'foundation',
  defines: ['elasticsearch.k8s.elastic.co', 'kibana.k8s.elastic.co'],
  // Its definitions are those of the data, and take no annotation.
  confirmPrune: true,
  ownedFields: [webhookAuthority('Validating', 'elastic-operator.elastic-system.k8s.elastic.co')],
  values: (environment) => ({
    replicaCount: environment.addonReplicas,
    resources: resources('50m', '256Mi'),
    podSecurityContext: RESTRICTED_POD,
    podDisruptionBudget: budgetByMinimum(environment),
    telemetry: { disabled: true },
  }),
};

interface PsmdbValues {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly watchNamespace: string;
  readonly podSecurityContext: typeof RESTRICTED_POD;
  readonly securityContext: {
    readonly allowPrivilegeEscalation: false;
    readonly readOnlyRootFilesystem: true;
    readonly capabilities: { readonly drop: readonly ['ALL'] };
  };
  readonly disableTelemetry: boolean;
}

/** The version of the operator, which each object that it keeps names: it goes on as that version does until it is raised. */
export const MONGODB_OPERATOR_VERSION = charts['psmdb-operator'].version;

/** MongoDB as an object, in one namespace alone. */
export const psmdbOperator: Addon<PsmdbValues> = {
  name: 'psmdb-operator',
  namespace: { name: 'mongodb-system' },
  stage: 'foundation',
  defines: ['psmdb.percona.com'],
  // Its definitions are those of the data, and take no annotation.
  confirmPrune: true,
  values: () => ({
    // One leads at a time, and servers run on without it.
    replicaCount: 1,
    resources: resources('50m', '256Mi'),
    watchNamespace: STORES.mongodb.identity.namespace,
    podSecurityContext: RESTRICTED_POD,
    securityContext: {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    },
    disableTelemetry: true,
  }),
};
