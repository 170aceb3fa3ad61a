import { describe, expect, it } from 'vitest';
import { leafChanges } from './leaves.ts';

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
});
