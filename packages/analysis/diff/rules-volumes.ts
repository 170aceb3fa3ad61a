import { isFields, titleOf, valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf } from '../../manifests/references.ts';
import type { Case, Rule } from './ranks.ts';
import { rolloutOf } from './rollouts.ts';

const CLAIMS = [
  'spec.template.spec.volumes.*.persistentVolumeClaim',
  'spec.template.spec.volumes.*.emptyDir',
];

/** The volume that a leaf is about, as it is in one revision. */
function volumeIn(fields: Case['before'], { leaf }: Case): unknown {
  const name = /volumes\[([^\]]+)\]/.exec(leaf.path)?.[1];
  return listAt(podSpecOf(fields), ['volumes']).find((one) => valueAt(one, ['name']) === name);
}

const claimIn = (volume: unknown): unknown => valueAt(volume, ['persistentVolumeClaim', 'claimName']);

/** Whether pods stored in a claim and no longer do. */
function forgets(one: Case): boolean {
  const after = volumeIn(one.after, one);
  const isTemporary = isFields(after) && (after.emptyDir !== undefined || Object.keys(after).length === 1);
  return claimIn(volumeIn(one.before, one)) !== undefined && isTemporary;
}

/** Where pods store: a claim keeps what they wrote, an emptyDir goes with each of them. */
export const volumes: readonly Rule[] = [
  {
    at: CLAIMS,
    when: forgets,
    rank: 'data-loss',
    reason: (one) =>
      `${rolloutOf(one.after)}; what its pods write goes with each of them (emptyDir), and claim ${claimIn(volumeIn(one.before, one))} keeps what it has`,
  },
  {
    at: CLAIMS,
    when: (one) =>
      [one.before, one.after].every((object) => claimIn(volumeIn(object, one)) !== undefined) &&
      claimIn(volumeIn(one.before, one)) !== claimIn(volumeIn(one.after, one)),
    rank: 'config',
    reason: (one) =>
      `${rolloutOf(one.after)}; ${titleOf(one.after)} stores in claim ${claimIn(volumeIn(one.after, one))}, and claim ${claimIn(volumeIn(one.before, one))} keeps what it has`,
  },
];
