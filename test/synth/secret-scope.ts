/** Whose secrets a namespace can name: its own document of the secret manager, by a store that no other can use. */

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface StoreRef {
  readonly kind?: string;
  readonly name?: string;
}

interface Source {
  readonly remoteRef?: { readonly key: string };
  readonly extract?: { readonly key: string };
  readonly find?: object;
  readonly sourceRef?: object;
}

interface ExternalSecret extends Named {
  readonly spec: {
    readonly secretStoreRef?: StoreRef;
    readonly data?: readonly Source[];
    readonly dataFrom?: readonly Source[];
  };
}

interface ClusterStore extends Named {
  readonly spec: { readonly conditions?: readonly { readonly namespaces?: readonly string[] }[] };
}

const isExternalSecret = (object: Named): object is ExternalSecret => object.kind === 'ExternalSecret';
const isClusterStore = (object: Named): object is ClusterStore => object.kind === 'ClusterSecretStore';

/**
 * Lines such as `ExternalSecret consumer/a: names the document x/broker, not x/consumer`.
 * @param documents the path below which each namespace has its document
 */
export const foreignSecrets = (objects: readonly Named[], documents: string): string[] =>
  objects
    .filter(isExternalSecret)
    .flatMap((secret) =>
      [...storeFaults(secret, objects.filter(isClusterStore)), ...sourceFaults(secret, documents)].map(
        (fault) => `ExternalSecret ${secret.metadata.namespace}/${secret.metadata.name}: ${fault}`,
      ),
    );

function storeFaults({ metadata, spec }: ExternalSecret, stores: readonly ClusterStore[]): string[] {
  const { kind = 'SecretStore', name = '' } = spec.secretStoreRef ?? {};
  if (kind !== 'ClusterSecretStore') return [];
  const conditions = stores.find((store) => store.metadata.name === name)?.spec.conditions ?? [];
  const allowed = conditions.flatMap(({ namespaces = [] }) => namespaces);
  if (allowed.length === 0) return [`ClusterSecretStore ${name} has no namespace conditions`];
  const only = allowed.length === 1 && allowed[0] === metadata.namespace;
  return only ? [] : [`ClusterSecretStore ${name} is for ${allowed.join(', ')}`];
}

function sourceFaults({ metadata, spec }: ExternalSecret, documents: string): string[] {
  const own = `${documents}/${metadata.namespace}`;
  return [...(spec.data ?? []), ...(spec.dataFrom ?? [])].flatMap((source) => {
    if (source.sourceRef !== undefined) return ["a 'sourceRef' names another store"];
    if (source.find !== undefined) return ["'find' searches every document"];
    const key = source.remoteRef?.key ?? source.extract?.key ?? 'none';
    return key === own ? [] : [`names the document ${key}, not ${own}`];
  });
}
