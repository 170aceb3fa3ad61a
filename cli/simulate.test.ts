import { latch, proportional, simulate } from '@sluice/policy';
import { expect, test } from 'vitest';
import { literalRule } from './simulate/literal-rule.ts';
import { table } from './simulate/table.ts';

const timing = {
  pollSeconds: 5,
  scrapeDelaySeconds: 0,
  podStartSeconds: 10,
  service: { distribution: 'constant', meanSeconds: 5 },
  gracefulStopSeconds: 30,
  killsAfterGrace: true,
} as const;

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });

test('beside the literal rule one sees what the corrected latch is for: a residue of 7 is served', () => {
  const arrivals = { kind: 'bursts', jobs: 7, everySeconds: 7200 } as const;
  const literal = literalRule(policy);
  if (literal === undefined) throw new Error('a latch has a literal rule');
  const ours = simulate({ policy, arrivals, timing, seconds: 3600 });
  const theirs = simulate({ policy: literal, arrivals, timing, seconds: 3600 });
  expect([ours.residue, theirs.residue]).toEqual([0, 7]);
  const text = table({ ours, theirs });
  expect(text).toMatch(/^unserved residue +0 +7$/m);
  expect(text).toMatch(/^ +ours +theirs$/m);
});

test('only a latch has a literal rule to stand beside', () => {
  expect(literalRule(policy)).toMatchObject({ startWhen: { readyAbove: 100 }, stopWhen: 'ready-empty' });
  expect(literalRule(proportional({ perReplica: 10, maxReplicas: 5 }))).toBeUndefined();
});
