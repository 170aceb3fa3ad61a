import { describe, expect, it } from 'vitest';
import { leafChanges } from './leaves.ts';
import { pairs } from './lists.ts';

const changes = (place: string, list: string, before: unknown, after: unknown): string[] =>
  leafChanges(place, { spec: { [list]: before } }, { spec: { [list]: after } }).map(
    (change) => `${change.path}: ${change.before ?? 'none'} -> ${change.after ?? 'none'}`,
  );
const rule = (cidr: string, port: number) => ({
  to: [{ ipBlock: { cidr } }],
  ports: [{ port, protocol: 'TCP' }],
});

describe('elements of two lists', () => {
  it('are brought together by likeness where they have no name', () => {
    const [one, two, three] = [rule('10.0.0.0/8', 1), rule('11.0.0.0/8', 2), rule('12.0.0.0/8', 3)];
    expect(changes('NetworkPolicy', 'egress', [one, two, three], [three, rule('11.0.0.0/8', 4)])).toEqual([
      'spec.egress[1].ports[0].port: 2 -> 4',
      'spec.egress[0].to[0].ipBlock.cidr: 10.0.0.0/8 -> none',
      'spec.egress[0].ports[0].port: 1 -> none',
      'spec.egress[0].ports[0].protocol: TCP -> none',
    ]);
  });

  it('are called by a number of their own where they were added to a set', () => {
    expect(changes('NetworkPolicy', 'policyTypes', ['Ingress'], ['Egress', 'Ingress'])).toEqual([
      'spec.policyTypes[1]: none -> Egress',
    ]);
  });

  it('keep their places around one that was put into the middle', () => {
    expect(changes('Thing.example.com', 'args', ['a', 'b', 'c'], ['a', 'x', 'b', 'c'])).toEqual([
      'spec.args[1]: none -> x',
    ]);
    expect(changes('Thing.example.com', 'args', ['a', 'a'], ['a'])).toEqual(['spec.args[1]: a -> none']);
  });

  it('are called by their merge keys, a protocol that is left out TCP', () => {
    const ports = [{ port: 53, protocol: 'UDP' }, { port: 53 }];
    const changed = [
      { port: 53, targetPort: 5353 },
      { port: 53, protocol: 'UDP' },
    ];
    expect(changes('Service', 'ports', ports, changed)).toEqual([
      'spec.ports[53/TCP].targetPort: none -> 5353',
    ]);
  });

  it('are compared in order where a merge key is there twice or missing', () => {
    expect(changes('Service', 'ports', [{ port: 1 }, { port: 1 }], [{ port: 1 }])).toEqual([
      'spec.ports[1].port: 1 -> none',
    ]);
    expect(changes('Service', 'ports', [{ name: 'a' }], [{ name: 'b' }])).toEqual([
      'spec.ports[0].name: a -> b',
    ]);
  });

  it('are compared a number of times that grows with the list, not with its square', () => {
    const peers = (first: number): unknown[] =>
      Array.from({ length: 2000 }, (_, at) => ({
        ipBlock: { cidr: `10.${first}.${at >> 8}.${at & 255}/32` },
      }));
    let comparisons = 0;
    const counted = (one: unknown, other: unknown): number => {
      comparisons += 1;
      return JSON.stringify(one) === JSON.stringify(other) ? 0 : 1;
    };
    const set = { kind: 'set' } as const;
    expect(pairs(set, peers(0), peers(1), counted)).toHaveLength(2000);
    expect(pairs(set, peers(0), [...peers(0)].reverse(), counted)).toEqual([]);
    expect(comparisons).toBeLessThanOrEqual(3 * 2000);
  });

  it('find each other in a long list, whatever the order within them', () => {
    const peer = (at: number, ...keys: string[]) => ({
      podSelector: { matchExpressions: keys.map((key) => ({ key: `${key}${at}`, operator: 'Exists' })) },
    });
    const numbers = Array.from({ length: 500 }, (_, at) => at);
    const [before, after] = [
      numbers.map((at) => peer(at, 'a', 'b')),
      numbers.map((at) => peer(at, 'b', 'a')),
    ];
    expect(changes('NetworkPolicy', 'ingress', [{ from: before }], [{ from: after.reverse() }])).toEqual([]);
  });

  it('are equal before they are alike, even if only by a default', () => {
    const after = [
      rule('11.0.0.0/8', 2),
      { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 1 }] },
    ];
    expect(changes('NetworkPolicy', 'egress', [rule('10.0.0.0/8', 1)], after)[0]).toMatch(
      /^spec.egress\[1\]/,
    );
  });
});
