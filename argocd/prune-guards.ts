import type { Manifest } from '../packages/manifests/manifests.ts';
import { ROOT } from './settings.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';

/** A person confirms it; until then the sync waits. */
const CONFIRM = ['Prune=confirm', 'Delete=confirm'];

/**
 * A sync leaves it, reports it, and continues. For the delivery's own objects: a sync that waited for a person could
 * not take the commit that puts a lost Application back.
 */
const KEEP = ['Prune=false', 'Delete=confirm'];

/** For what a chart renders: its values take annotations. */
export const CONFIRM_REMOVAL = { [OPTIONS]: CONFIRM.join(',') } as const;

/** With them goes what cannot be rendered again: data, or other people's objects. */
const DATA_KINDS = [
  ...['Namespace', 'PersistentVolumeClaim', 'CustomResourceDefinition'],
  ...['Elasticsearch', 'PerconaServerMongoDB'],
];
const DELIVERY_KINDS = ['Application', 'AppProject'];

/**
 * The same manifest; one whose removal would lose data, or what syncs the rest, is not pruned unasked.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#resource-pruning-with-confirmation
 */
export function addPruneGuards<Of extends Manifest>(manifest: Of): Of {
  const guards = guardsOf(manifest);
  if (guards.length === 0) return manifest;
  const { metadata } = manifest;
  const present = metadata.annotations?.[OPTIONS]?.split(',') ?? [];
  const options = [...new Set([...present, ...guards])].join(',');
  return {
    ...manifest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [OPTIONS]: options } },
  };
}

/** The sync options that an object gets; none where it can be rendered again. */
export function guardsOf(manifest: Manifest): readonly string[] {
  const { kind, metadata } = manifest;
  if (DATA_KINDS.includes(kind) || holdsData(manifest)) return CONFIRM;
  if (!DELIVERY_KINDS.includes(kind)) return [];
  return kind === 'Application' && metadata.name === ROOT ? CONFIRM : KEEP;
}

const holdsData = (
  manifest: Manifest & { readonly spec?: { readonly volumeClaimTemplates?: unknown } },
): boolean => manifest.kind === 'StatefulSet' && Array.isArray(manifest.spec?.volumeClaimTemplates);
