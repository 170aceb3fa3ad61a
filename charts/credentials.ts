import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import type { SecretStore } from '../packages/contracts/platform.ts';
import { type Identity, metadataOf, wave } from './labels.ts';
import { SECRET_STORE } from './secrets.ts';

/** The only document that a namespace's Secrets come from. */
export const documentOf = (documents: string, namespace: string): string => `${documents}/${namespace}`;

/** A Secret of credentials in a client's namespace. */
export interface CredentialsProps extends Identity {
  /** The Secret's name. */
  readonly secretName: string;
  /** Key of the Secret -> property of the JSON document that holds its value. */
  readonly keys: Readonly<Record<string, string>>;
  readonly store: SecretStore;
  /** Labels of the Secret itself, by which someone finds it. @default none */
  readonly secretLabels?: Readonly<Record<string, string>>;
  /** The Secret is made by someone else, and only these keys of it are set. @default false */
  readonly intoExisting?: boolean;
  /** How often a rotated value is fetched. @default '1h' */
  readonly refreshInterval?: string;
}

/**
 * A Secret that a workload mounts, declared without its values.
 * @throws {ChartError} with every fault of the props
 */
export class Credentials extends Construct {
  constructor(scope: Construct, id: string, props: CredentialsProps) {
    super(scope, id);
    check(props);
    const { store } = props;
    if (store.kind === 'pre-made') return;
    const { apiVersion, kind, spec } = externalSecret(props, store);
    new ApiObject(this, 'external-secret', {
      apiVersion,
      kind,
      metadata: { ...metadataOf(props, props.secretName), annotations: wave('credentials') },
      spec,
    });
  }
}

function externalSecret(
  {
    namespace,
    secretName,
    keys,
    refreshInterval = '1h',
    secretLabels,
    intoExisting = false,
  }: CredentialsProps,
  store: Extract<SecretStore, { kind: 'external' }>,
): IExternalSecret {
  const creationPolicy = intoExisting ? 'Merge' : 'Owner';
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    spec: {
      refreshInterval,
      secretStoreRef: { kind: 'SecretStore', name: SECRET_STORE },
      target: {
        ...{ name: secretName, creationPolicy, deletionPolicy: 'Retain' },
        ...(secretLabels && { template: { metadata: { labels: { ...secretLabels } } } }),
      },
      data: Object.entries(keys).map(([secretKey, property]) => ({
        secretKey,
        remoteRef: { key: documentOf(store.documents, namespace), property },
      })),
    },
  };
}

function check({ secretName, keys, refreshInterval = '1h' }: CredentialsProps): void {
  const checks = new Checks(`Credentials '${secretName}'`)
    .dnsLabel('secretName', secretName)
    .that(Object.keys(keys).length > 0, `'keys' must not be empty`)
    .that(
      /^\d+[smh]$/.test(refreshInterval),
      `'refreshInterval' (${refreshInterval}) must be such as 1h or 15m`,
    );
  for (const key of Object.keys(keys))
    checks.that(/^[-._a-zA-Z0-9]+$/.test(key), `'keys' (${key}) must be letters, digits, -, _ and .`);
  checks.done();
}
