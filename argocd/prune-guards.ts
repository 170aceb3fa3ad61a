import type { Manifest } from '../charts/manifests.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';
const CONFIRM = ['Prune=confirm', 'Delete=confirm'];

/** For what a chart renders: its values take annotations. */
export const CONFIRM_REMOVAL = { [OPTIONS]: CONFIRM.join(',') } as const;

/** With them goes what cannot be rendered again: data, other people's objects, or the reins themselves. */
const GUARDED = ['Namespace', 'PersistentVolumeClaim', 'CustomResourceDefinition', 'Application'];

/**
 * The same manifest; one whose removal would lose data waits for a person to confirm it.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#resource-pruning-with-confirmation
 */
export function guardPrune<Of extends Manifest>(manifest: Of): Of {
  if (!isGuarded(manifest)) return manifest;
  const { metadata } = manifest;
  const present = metadata.annotations?.[OPTIONS]?.split(',') ?? [];
  const options = [...new Set([...present, ...CONFIRM])].join(',');
  return {
    ...manifest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [OPTIONS]: options } },
  };
}

export const isGuarded = (manifest: Manifest): boolean =>
  GUARDED.includes(manifest.kind) || holdsData(manifest);

const holdsData = (
  manifest: Manifest & { readonly spec?: { readonly volumeClaimTemplates?: unknown } },
): boolean => manifest.kind === 'StatefulSet' && Array.isArray(manifest.spec?.volumeClaimTemplates);
