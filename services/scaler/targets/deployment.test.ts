import { describe, expect, it } from 'vitest';
import { FakeScale } from '../testing/kubernetes.ts';
import { deploymentTarget } from './kubernetes.ts';

const { signal } = new AbortController();
const over = (scale: FakeScale) =>
  deploymentTarget({ kind: 'deployment', namespace: 'consumer', name: 'consumer' }, scale);

describe("a Deployment's scale", () => {
  it('is 0 where spec.replicas is absent', async () => {
    expect(await over(new FakeScale(0)).read(signal)).toEqual({ current: 0, version: '1', uid: 'uid-1' });
  });

  it('is written at the version it was read at', async () => {
    const scale = new FakeScale(0);
    const target = over(scale);
    expect(await target.write(25, await target.read(signal), signal)).toBe('written');
    expect(scale.replicas).toBe(25);
  });

  it('is not written over the change of another client', async () => {
    const scale = new FakeScale(0);
    const target = over(scale);
    const observed = await target.read(signal);
    scale.set(3);
    expect(await target.write(25, observed, signal)).toBe('conflict');
    expect(scale.replicas).toBe(3);
  });
});
