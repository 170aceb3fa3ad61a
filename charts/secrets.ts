import type { ISecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { StoreRoles } from '../packages/contracts/platform.ts';
import { AdmissionPolicy, type Validation } from './admission-policy.ts';
import { clusterLabels, wave } from './labels.ts';

/** The SecretStore of a namespace, and the ServiceAccount it reads as: every namespace has its own of this name. */
export const SECRET_STORE = 'secret-store';

/** A store of External Secrets for one namespace, and the role that reads it. */
export interface SecretManagerProps {
  /** The namespace whose documents it reads. */
  readonly namespace: string;
  /** For example 'eu-central-1'. */
  readonly region: string;
  readonly roles: StoreRoles;
}

/**
 * AWS Secrets Manager as one namespace may read it: a namespaced SecretStore with a role of its own, so that no key
 * is kept and no other namespace's document can be fetched.
 * @throws {ChartError} with every fault of the props
 * @see https://external-secrets.io/latest/provider/aws-access/
 */
export class SecretManager extends Construct {
  constructor(scope: Construct, id: string, props: SecretManagerProps) {
    super(scope, id);
    check(props);
    const metadata = {
      ...{ name: SECRET_STORE, namespace: props.namespace, labels: { ...clusterLabels } },
      annotations: wave('namespace'),
    };
    const { apiVersion, kind, spec } = secretStore(props);
    if (props.roles.assumedBy === 'service-account')
      new k8s.KubeServiceAccount(this, 'identity', {
        metadata: {
          ...metadata,
          annotations: { ...metadata.annotations, 'eks.amazonaws.com/role-arn': roleOf(props) },
        },
        automountServiceAccountToken: false,
      });
    new ApiObject(this, 'store', { apiVersion, kind, metadata, spec });
  }
}

const roleOf = ({ namespace, roles }: Pick<SecretManagerProps, 'namespace' | 'roles'>): string =>
  `${roles.arnPrefix}${namespace}`;

const secretStore = (props: SecretManagerProps): ISecretStore => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
  spec: {
    provider: {
      aws: {
        ...{ service: 'SecretsManager', region: props.region },
        ...(props.roles.assumedBy === 'service-account'
          ? { auth: { jwt: { serviceAccountRef: { name: SECRET_STORE } } } }
          : { role: roleOf(props) }),
      },
    },
  },
});

/** IAM takes at most 64 characters for the name of a role. */
const ROLE_NAME = 64;

function check({ namespace, region, roles }: SecretManagerProps): void {
  const arn = roleOf({ namespace, roles });
  const name = /^arn:aws[\w-]*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)$/.exec(arn)?.[1];
  new Checks(`SecretManager of '${namespace}'`)
    .dnsLabel('namespace', namespace)
    .that(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), `'region' (${region}) must be such as eu-central-1`)
    .that(
      name !== undefined,
      `'roles.arnPrefix' (${roles.arnPrefix}) must be the ARN of a role up to the namespace's name`,
    )
    .that(
      name === undefined || name.length <= ROLE_NAME,
      `the role's name (${name}) must have at most ${ROLE_NAME} characters`,
    )
    .done();
}

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
