import { describe, expect, it } from 'vitest';
import { parsePromql } from '../packages/contracts/promql.ts';
import { ownedByNamespace } from './alerts.ts';

describe('an alert on any namespace', () => {
  it('is of the platform where no team owns the namespace', () => {
    expect(ownedByNamespace('up == 0', { of: {}, others: 'platform' })).toBe(
      'label_replace(up == 0, "owner", "platform", "", "")',
    );
  });

  it('is of the team of its namespace', () => {
    const expr = ownedByNamespace('up == 0', {
      of: { shop: ['orders', 'basket'], ops: ['jenkins'] },
      others: 'platform',
    });
    expect(expr).toBe(
      'label_replace(label_replace(label_replace(up == 0, "owner", "platform", "", ""), "owner", "shop", "namespace", "orders|basket"), "owner", "ops", "namespace", "jenkins")',
    );
    expect(parsePromql(expr).faults).toEqual([]);
  });
});
