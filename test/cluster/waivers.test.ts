import { expect, test } from 'vitest';
import { type Finding, sortFindings, type Waiver } from '../scanners/findings.ts';

const finding: Finding = {
  scanner: 'scanner',
  check: 'rule',
  severity: 'critical',
  object: 'Deployment/a/b',
  environment: 'local',
  message: 'm',
};
const waiver: Waiver = {
  scanner: 'scanner',
  check: 'rule',
  objects: /^Deployment\/a\/b$/,
  reason: 'because',
};

test('a waiver covers the findings of its scanner, rule and objects', () => {
  expect(sortFindings([finding], [waiver])).toEqual({
    open: [],
    waived: [{ waiver, findings: [finding] }],
    idle: [],
  });
});

test.each([
  { ...finding, scanner: 'other' },
  { ...finding, check: 'other' },
  { ...finding, object: 'Deployment/a/bc' },
])('and no other: %o stays open, and the waiver is idle', (other) => {
  const { open, idle } = sortFindings([other], [waiver]);
  expect([open, idle]).toEqual([[other], [waiver]]);
});
