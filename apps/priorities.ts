import { checkInversions, type Ranked } from '../charts/disruption.ts';
import type { Identity } from '../charts/labels.ts';
import type { Peer } from '../charts/network-policy.ts';
import type { Environment } from '../environments/environment.ts';
import type { Manifest } from '../packages/manifests/manifests.ts';
import type { System } from './application.ts';

/** What of a manifest ranks its pods. */
interface PodMaker extends Manifest {
  readonly spec?: {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
  };
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly priorityClassName?: string };
}

const isClass = (manifest: Manifest): manifest is Manifest & { readonly value: number } =>
  manifest.kind === 'PriorityClass';

/**
 * Who connects to another needs it, so it must not be ranked above it.
 * @param manifests All of an environment's.
 * @throws {ChartError} with every inversion
 */
export function checkPriorities(
  { name: environment }: Pick<Environment, 'name'>,
  { connections }: Pick<System, 'connections'>,
  manifests: readonly Manifest[],
): void {
  const values = new Map(manifests.filter(isClass).map(({ metadata, value }) => [metadata.name, value]));
  const ranked = new Map(manifests.flatMap((manifest) => rankOf(manifest, values)));
  const rankOfEnd = (end: Identity | Peer): Ranked | undefined =>
    'name' in end ? ranked.get(keyOf(end)) : undefined;
  const dependencies = connections.flatMap(({ from, to }) => {
    const [above, below] = [rankOfEnd(from), rankOfEnd(to)];
    return above && below ? [{ from: above, on: below }] : [];
  });
  checkInversions(`Priorities of '${environment}'`, dependencies);
}

const keyOf = ({ name, namespace }: Pick<Identity, 'name' | 'namespace'>): string => `${namespace}/${name}`;

function rankOf(manifest: PodMaker, values: ReadonlyMap<string, number>): [string, Ranked][] {
  const template = manifest.spec?.template ?? manifest.spec?.jobTemplate?.spec?.template;
  const name = template?.metadata?.labels?.['app.kubernetes.io/name'];
  const className = template?.spec?.priorityClassName;
  const { namespace } = manifest.metadata;
  if (name === undefined || className === undefined || namespace === undefined) return [];
  // Kubernetes refuses a pod of an unknown class, so its rank does not matter.
  return [[keyOf({ name, namespace }), { name, className, value: values.get(className) ?? 0 }]];
}
