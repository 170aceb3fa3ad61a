import type { ISecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { StoreRoles } from '../packages/contracts/platform.ts';
import { clusterLabels } from './labels.ts';
import { wave } from './wave.ts';

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
