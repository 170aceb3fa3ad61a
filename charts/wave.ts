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
