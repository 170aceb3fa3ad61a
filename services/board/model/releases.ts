import type { ClusterSnapshot, ReleaseRow } from '../../../packages/contracts/cluster-snapshot.ts';
import type { Level } from './health.ts';

/** An image in use: the digest that nodes pulled, and how many pods run it. */
export interface ImageUse {
  readonly image: string;
  readonly digest?: string;
  readonly pods: number;
}

/** Images of running pods by digest, the most used first. One tag with two digests is two rows. */
export function imagesInUse({ pods }: ClusterSnapshot): readonly ImageUse[] {
  const uses = new Map<string, ImageUse>();
  for (const { images, phase } of pods) {
    if (phase !== 'Running') continue;
    for (const { image, digest } of images) {
      const key = `${image} ${digest}`;
      const pods = (uses.get(key)?.pods ?? 0) + 1;
      uses.set(key, { image, pods, ...(digest !== undefined && { digest }) });
    }
  }
  return [...uses.values()].sort((a, b) => b.pods - a.pods || (a.image < b.image ? -1 : 1));
}

/** The state of a release, by the phases of Argo Rollouts. */
export function releaseLevel({ phase, analyses }: ReleaseRow): Level {
  if (phase === 'Degraded' || analyses[0]?.phase === 'Failed' || analyses[0]?.phase === 'Error')
    return 'critical';
  return phase === 'Healthy' || phase === 'Progressing' || phase === 'Paused' ? 'ok' : 'unknown';
}
