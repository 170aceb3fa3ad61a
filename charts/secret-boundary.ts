import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { StoreRoles } from '../packages/contracts/platform.ts';
import { AdmissionPolicy, type Validation } from './admission-policy.ts';
import { SECRET_STORE } from './secret-manager.ts';

/** The namespaces whose ExternalSecrets an admission policy keeps to their own documents. */
export interface SecretBoundaryProps {
  /** The path below which each namespace has its document. */
  readonly documents: string;
  readonly roles: StoreRoles;
}

const EXTERNAL_SECRETS = { apiGroups: ['external-secrets.io'], apiVersions: ['*'] };

/**
 * A namespace reads its own document of the secret manager: the API server refuses an ExternalSecret that names
 * another's, a store that reads as another, and every store that all namespaces could name. Where the controller takes
 * the roles this is the boundary; with a ServiceAccount of each namespace IAM holds it as well.
 * @throws {ChartError} when 'documents' is no path
 */
export class SecretBoundary extends Construct {
  constructor(scope: Construct, id: string, props: SecretBoundaryProps) {
    super(scope, id);
    new Checks('SecretBoundary')
      .that(
        /^[\w+=.@-]+(\/[\w+=.@-]+)*$/.test(props.documents),
        `'documents' (${props.documents}) must be a path such as sluice/production`,
      )
      .done();
    new AdmissionPolicy(this, 'documents', {
      name: 'secrets-of-own-namespace',
      matches: [{ ...EXTERNAL_SECRETS, resources: ['externalsecrets'] }],
      validations: ofExternalSecret(`'${props.documents}/' + request.namespace`),
    });
    new AdmissionPolicy(this, 'stores', {
      name: 'secret-store-of-own-namespace',
      matches: [{ ...EXTERNAL_SECRETS, resources: ['secretstores'] }],
      validations: ofStore(props.roles),
    });
    new AdmissionPolicy(this, 'cluster-stores', {
      name: 'no-secret-store-of-all-namespaces',
      matches: [{ ...EXTERNAL_SECRETS, resources: ['clustersecretstores', 'clusterexternalsecrets'] }],
      validations: [
        {
          expression: 'false',
          message: 'A store of all namespaces reads as none: each has its own SecretStore.',
        },
      ],
    });
  }
}

const ofExternalSecret = (document: string): Validation[] => [
  {
    expression: `!has(object.spec.secretStoreRef) || (object.spec.secretStoreRef.name == '${SECRET_STORE}' && (!has(object.spec.secretStoreRef.kind) || object.spec.secretStoreRef.kind == 'SecretStore'))`,
    message: `'secretStoreRef' must be the SecretStore '${SECRET_STORE}' of the namespace.`,
  },
  {
    expression: `!has(object.spec.data) || object.spec.data.all(one, !has(one.sourceRef) && one.remoteRef.key == ${document})`,
    message: `'data' must come from the namespace's own document, without a 'sourceRef'.`,
  },
  {
    expression: `!has(object.spec.dataFrom) || object.spec.dataFrom.all(one, !has(one.sourceRef) && !has(one.find) && has(one.extract) && one.extract.key == ${document})`,
    message: `'dataFrom' must extract the namespace's own document, without 'find' or 'sourceRef'.`,
  },
];

function ofStore({ assumedBy, arnPrefix }: StoreRoles): Validation[] {
  const aws = 'object.spec.provider.aws';
  const reader = `${aws}.auth.jwt.serviceAccountRef`;
  const isAws = `has(${aws})`;
  if (assumedBy === 'controller')
    return [
      {
        expression: `${isAws} && !has(${aws}.auth) && has(${aws}.role) && ${aws}.role == '${arnPrefix}' + request.namespace`,
        message: 'A store reads AWS by the role of its own namespace, and by nothing else.',
      },
    ];
  return [
    {
      expression: `${isAws} && !has(${aws}.role) && !has(${aws}.additionalRoles) && has(${aws}.auth) && !has(${aws}.auth.secretRef) && has(${aws}.auth.jwt) && has(${reader}) && ${reader}.name == '${SECRET_STORE}' && !has(${reader}.namespace)`,
      message: `A store reads AWS as the ServiceAccount '${SECRET_STORE}' of its own namespace, and by nothing else.`,
    },
  ];
}
