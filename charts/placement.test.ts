import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Placement, placed } from './placement.ts';
import { faultsOf as faultsWhile } from './testing.ts';

const self = { name: 'x', namespace: 'x', component: 'web' } as const;

const faultsOf = (placement: Placement) => faultsWhile(() => placed(self, placement));

describe('where pods go', () => {
  it('is apart by node and by zone, where there is room', () => {
    const { topologySpreadConstraints } = placed(self, { maxPods: 4 });
    expect(
      topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable }) => [topologyKey, whenUnsatisfiable]),
    ).toEqual([
      ['kubernetes.io/hostname', 'ScheduleAnyway'],
      ['topology.kubernetes.io/zone', 'ScheduleAnyway'],
    ]);
  });

  it('is strictly apart where that is asked for, and still by the other measure', () => {
    const overZones = { domains: 3, minDomains: 3, maxSkew: 2 };
    const { topologySpreadConstraints } = placed(self, { maxPods: 9, overZones });
    expect(topologySpreadConstraints).toMatchObject([
      { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
      { maxSkew: 2, minDomains: 3, whenUnsatisfiable: 'DoNotSchedule' },
    ]);
  });

  it('is rather a larger node, if there is one', () => {
    const { affinity } = placed(self, { maxPods: 4, minNodeCpus: 3 });
    expect(affinity?.nodeAffinity).not.toHaveProperty('requiredDuringSchedulingIgnoredDuringExecution');
    expect(JSON.stringify(affinity)).toContain('"operator":"Gt","values":["2"]');
    expect(placed(self, { maxPods: 4 })).not.toHaveProperty('affinity');
  });
});

describe('a strict spread', () => {
  it('that leaves pods waiting forever is refused, with how many fit', () => {
    const overZones = { domains: 2, minDomains: 3 };
    expect(faultsOf({ maxPods: 4, overZones })).toEqual([
      "'overZones' cannot be met: with 'domains' (2) below 'minDomains' (3) each holds at most 'maxSkew' (1), so 2 of 'maxPods' (4) fit and the others stay Pending",
    ]);
    expect(faultsOf({ maxPods: 2, overZones })).toEqual([]);
  });

  it('is refused exactly where the scheduler would leave a pod waiting', () => {
    const count = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(
        count,
        count,
        count,
        fc.integer({ min: 1, max: 20 }),
        (domains, minDomains, maxSkew, maxPods) => {
          const refused = faultsOf({ maxPods, overNodes: { domains, minDomains, maxSkew } }).length > 0;
          expect(refused).toBe(scheduled(domains, minDomains, maxSkew, maxPods) < maxPods);
        },
      ),
    );
  });
});

/** Pods that find a place, one after the other, each on the emptiest domain: as the scheduler counts skew. */
function scheduled(domains: number, minDomains: number, maxSkew: number, pods: number): number {
  const held = Array.from({ length: domains }, () => 0);
  for (let placedPods = 0; placedPods < pods; placedPods += 1) {
    const least = Math.min(...held);
    const floor = domains < minDomains ? 0 : least;
    if (least + 1 - floor > maxSkew) return placedPods;
    held[held.indexOf(least)] = least + 1;
  }
  return pods;
}
