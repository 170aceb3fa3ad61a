import { charts } from '../../environments/versions.ts';
import { STORES } from '../platform/stores.ts';
import type { Addon } from './addon.ts';
import { RESTRICTED_POD, type Resources, resources } from './values.ts';

interface Values {
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
export const psmdbOperator: Addon<Values> = {
  name: 'psmdb-operator',
  namespace: { name: 'mongodb-system' },
  stage: 'foundation',
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
