import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decide, drain, emptyHistory, latch, proportional, REASONS } from './index.ts';

const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
const now = 1000;
const situation = (ready: number, unacked: number) => ({
  reading: { ready, unacked, at: now },
  current: 0,
  history: emptyHistory,
  now,
});

it('the README lists every reason, in order, and no other', () => {
  const listed = [...readme.matchAll(/^\| `([A-Z]\w+)`\s*\|/gm)].map(([, reason]) => reason);
  expect(listed).toEqual([...REASONS]);
});

it('the decision it shows is the decision made', () => {
  const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });
  const { replicas, reason, message } = decide(policy, situation(100, 0));
  expect(readme).toContain(`{ replicas: ${replicas}, reason: '${reason}', message: '${message}' }`);
});

it('its worked numbers are what the policies say', () => {
  const shared = proportional({ perReplica: 10, maxReplicas: 25 });
  expect(readme).toContain(`(100 + 20) / 10 = ${decide(shared, situation(100, 20)).replicas}`);
  const slo = drain({ sloSeconds: 300, meanServiceSeconds: 2, podStartSeconds: 10, maxReplicas: 25 });
  expect(readme).toContain(`(300 s - 10 s) = 16.6: ${decide(slo, situation(2400, 0)).replicas}`);
});
