import { describe, expect, it } from 'vitest';
import { FakeAutoscaler } from '../testing/kubernetes.ts';
import { hpaTarget } from './kubernetes.ts';

const { signal } = new AbortController();
const over = (hpa: FakeAutoscaler) => hpaTarget({ kind: 'hpa', namespace: 'api', name: 'api' }, hpa);

describe("an HPA's minimum", () => {
  it('is 1 where it is absent', async () => {
    expect(await over(new FakeAutoscaler({ maxReplicas: 15 })).read(signal)).toEqual({
      ...{ current: 1, version: '1', uid: 'uid-1' },
    });
  });

  it('is written at the version it was read at, and nothing beside it', async () => {
    const hpa = new FakeAutoscaler({ minReplicas: 1, maxReplicas: 15 });
    const target = over(hpa);
    expect(await target.write(3, await target.read(signal), signal)).toBe('written');
    expect(hpa.spec).toEqual({ minReplicas: 3, maxReplicas: 15 });
  });

  it('is not written over the change of another client', async () => {
    const hpa = new FakeAutoscaler({ minReplicas: 1, maxReplicas: 15 });
    const target = over(hpa);
    const observed = await target.read(signal);
    hpa.set({ minReplicas: 2, maxReplicas: 20 });
    expect(await target.write(3, observed, signal)).toBe('conflict');
    expect(hpa.spec).toEqual({ minReplicas: 2, maxReplicas: 20 });
  });
});
