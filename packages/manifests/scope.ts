import { type DesiredObject, isFields, valueAt } from './fields.ts';
import { parseYaml } from './yaml.ts';

/** Kinds without a namespace, of Kubernetes and of the operators whose objects stand here. */
const CLUSTER_SCOPED = new Set(
  `Namespace Node PersistentVolume ClusterRole ClusterRoleBinding CustomResourceDefinition APIService StorageClass
  PriorityClass RuntimeClass IngressClass CSIDriver CSINode VolumeAttachment VolumeAttributesClass
  ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy
  ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
  CertificateSigningRequest ClusterTrustBundle FlowSchema PriorityLevelConfiguration DeviceClass ResourceSlice
  ServiceCIDR IPAddress Bundle ClusterBundle GatewayClass VolumeSnapshotClass VolumeSnapshotContent ClusterIssuer ClusterSecretStore
  ClusterExternalSecret NodePool NodeClaim EC2NodeClass ClusterAnalysisTemplate
  ClusterTriggerAuthentication`.split(/\s+/),
);

/** Whether objects of a kind are in no namespace, as far as the kind is known. */
export const isClusterScoped = (kind: string): boolean => CLUSTER_SCOPED.has(kind);

/** What a folder below dist/ is synced into, by the Applications that sync it. */
export type Homes = ReadonlyMap<string, string>;

/** The namespace of each folder's Application; none where two Applications disagree. */
export function homesOf(objects: readonly DesiredObject[]): Homes {
  const homes = new Map<string, string>();
  const disputed = new Set<string>();
  for (const { folder, namespace } of objects.flatMap(destinationsOf)) {
    if ((homes.get(folder) ?? namespace) !== namespace) disputed.add(folder);
    homes.set(folder, namespace);
  }
  for (const folder of disputed) homes.delete(folder);
  return homes;
}

function destinationsOf({ kind, group, fields }: DesiredObject): { folder: string; namespace: string }[] {
  if (kind !== 'Application' || group !== 'argoproj.io') return [];
  const namespace = valueAt(fields, ['spec', 'destination', 'namespace']);
  return sourcesIn(fields).flatMap((source) => {
    const folder = folderOf(valueAt(source, ['path']));
    return folder === undefined || typeof namespace !== 'string' ? [] : [{ folder, namespace }];
  });
}

/** The sources that an Application renders: one, or a list. */
export const sourcesIn = (application: Form): unknown[] =>
  [valueAt(application, ['spec', 'source']), ...arrayOf(valueAt(application, ['spec', 'sources']))].filter(
    isFields,
  );

const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `dist/local/shop`, however it is written, as a folder below dist/. */
export const folderOf = (path: unknown): string | undefined =>
  typeof path === 'string' ? /^(?:\.?\/)*dist\/(.+?)\/*$/.exec(path)?.[1] : undefined;

/**
 * The namespace that Argo CD puts an object into: that of the Application's destination where it names none, and none
 * where its kind has none.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/controller/state.go NormalizeTargetObjects
 */
export function namespaceOf(object: Omit<DesiredObject, 'identity'>, homes: Homes): string | undefined {
  if (isClusterScoped(object.kind)) return undefined;
  return object.namespace ?? homes.get(`${object.environment}/${object.application}`);
}

/**
 * What Argo CD takes a value of a file for: the items of whatever has a list of them, be its kind `List` or
 * `ConfigMapList`; else the value itself.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/reposerver/repository/repository.go GenerateManifests
 */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value === null) return [];
  if (!isFields(value) || !Object.hasOwn(value, 'items')) return [value];
  if (Array.isArray(value.items)) return value.items;
  const isNullList = value.items === null && value.spec === undefined && value.status === undefined;
  return isNullList ? [] : [value];
}

const SOURCE = /^Application\.argoproj\.io\.spec\.(?:source|sources\.\*)\.(repoURL|path)$/;

/**
 * Whether two texts name one repository or one folder of it to Argo CD: `.git` and slashes at the end mean nothing.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/git.go NormalizeGitURL
 */
export function isSameSource(place: string, before: unknown, after: unknown): boolean {
  const field = SOURCE.exec(place)?.[1];
  if (field === undefined || typeof before !== 'string' || typeof after !== 'string') return false;
  const plain = field === 'path' ? folderText : repositoryText;
  return plain(before) === plain(after);
}

const folderText = (path: string): string => path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');

/** `git@host:team/a` is `ssh://git@host/team/a`; no letter is upper case. */
const repositoryText = (url: string): string =>
  url
    .trim()
    .toLowerCase()
    .replace(/^(?!\w+:\/\/)([^/@\s]+@[^/:\s]+):/, 'ssh://$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');

type Form = Readonly<Record<string, unknown>>;

/**
 * Where one side of an Application has `source` and the other a list of one in `sources`, both as `source`: Argo CD
 * renders the same of them, unless the one only lends its files to others (`ref`); as well where one side has the
 * values of a chart as a text and the other as an object.
 */
export function inOneForm(place: string, before: Form, after: Form): readonly [Form, Form] {
  if (HELM.test(place) && 'valuesObject' in before !== 'valuesObject' in after)
    return [withObject(before), withObject(after)];
  const isMoved = 'sources' in before !== 'sources' in after;
  if (place !== 'Application.argoproj.io.spec' || !isMoved) return [before, after];
  return [singular(before), singular(after)];
}

const HELM = /^Application\.argoproj\.io\.spec\.(source|sources\.\*)\.helm$/;

/** The values of a chart as an object, where they are the text of one. @see https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ */
function withObject(helm: Form): Form {
  const { values, ...rest } = helm;
  if (typeof values !== 'string' || rest.valuesObject !== undefined) return helm;
  try {
    const [object, ...others] = parseYaml(values);
    return isFields(object) && others.length === 0 ? { ...rest, valuesObject: object } : helm;
  } catch {
    return helm; // Argo CD will refuse it; the report shows the text.
  }
}

function singular({ sources, ...spec }: Form): Form {
  const [source, ...others] = arrayOf(sources);
  const isOne = isFields(source) && source.ref === undefined && others.length === 0;
  if (isOne && spec.source === undefined) return { ...spec, source };
  return sources === undefined ? spec : { ...spec, sources };
}
