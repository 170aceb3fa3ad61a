/**
 * Argo CD applies the objects of one application wave by wave and waits for each to be healthy; a client
 * that knows no waves ignores the annotation.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export const WAVES = { namespace: -3, credentials: -2, system: 0, afterSystem: 1 } as const;

export type Wave = keyof typeof WAVES;

/** The annotation that puts an object into a sync wave by the wave's name. */
export const wave = (name: Wave): { [key: string]: string } => ({
  'argocd.argoproj.io/sync-wave': String(WAVES[name]),
});

/** Who an object is. Every construct here takes one, so that labels and selectors cannot drift apart. */
export interface Identity {
  /** The workload's name: the name of its objects and its `app.kubernetes.io/name`. */
  readonly name: string;
  /** The namespace its objects live in. */
  readonly namespace: string;
  /** Its role in the system. */
  readonly component: Component;
}

export type Component =
  | 'broker'
  | 'configuration'
  | 'publisher'
  | 'job'
  | 'worker'
  | 'scaler'
  | 'log-store'
  | 'monitoring'
  | 'web'
  | 'release'
  | 'store';

export type Labels = { readonly [key: string]: string };

const PART_OF = 'sluice';
const PREFIX = 'app.kubernetes.io';

/** The labels of an object that belongs to a workload. */
export const labelsOf = ({ name, component }: Identity): Labels => ({
  ...selectorOf({ name }),
  [`${PREFIX}/component`]: component,
  ...clusterLabels,
});

/** The labels of a workload and its pods: with the version, which changes only when the pods do. */
export const workloadLabels = (identity: Identity, image: string): Labels => ({
  ...labelsOf(identity),
  [`${PREFIX}/version`]: versionOf(image),
});

/** The two labels that never change, because a selector is immutable. */
export const selectorOf = ({ name }: Pick<Identity, 'name'>): Labels => ({
  [`${PREFIX}/name`]: name,
  [`${PREFIX}/instance`]: name,
});

/** The labels of what belongs to no workload: namespaces and priority classes. */
export const clusterLabels: Labels = {
  [`${PREFIX}/part-of`]: PART_OF,
  [`${PREFIX}/managed-by`]: PART_OF,
};

/** 'ghcr.io/sluice/consumer:0.1.0@sha256:...' -> '0.1.0'. */
export function versionOf(image: string): string {
  const [tagged = '', digest = ''] = image.split('@');
  const tag = /:([\w][\w.-]{0,62})$/.exec(tagged)?.[1];
  return tag ?? digest.replace('sha256:', '').slice(0, 12);
}

/** Name, namespace and labels of an object of a workload. */
export const metadataOf = (identity: Identity, name = identity.name) => ({
  name,
  namespace: identity.namespace,
  labels: labelsOf(identity),
});
