import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, MAX_PATTERN, patternOf } from './fingerprint.ts';

describe('the pattern of a message', () => {
  it.each([
    ['job run-7-12 of "ann" failed after 3.2 s', 'job <value> of <quoted> failed after <value> s'],
    ["can't read 'a b.txt': errno -13", "can't read <quoted>: errno <value>"],
    ['connect ECONNREFUSED 10.0.0.7:5672', 'connect ECONNREFUSED <address>'],
    ['no route to fe80::1 or 2001:db8:0:0:0:0:0:1', 'no route to <address> or <address>'],
    ['commit 9f3a1c2 of 5f0e9d1a-0c1b-4f6e-9d0a-0123456789ab', 'commit <value> of <value>'],
    ['at 2026-11-29T15:10:00.123Z: pointer 0x7ffe12', 'at <time>: pointer <value>'],
    ['panic: runtime error\n\tmain.go:42 +0x1d', 'panic: runtime error main.go:<value> +<value>'],
    ['facade defeated', 'facade defeated'],
    ['', ''],
  ])('of %j is %j', (message, pattern) => {
    expect(patternOf(message)).toBe(pattern);
  });

  it('is the same for any numbers, ids, addresses, hashes and quoted values', () => {
    const uuid = fc.uuid();
    const hash = fc
      .stringMatching(/^[0-9a-f]{6,39}[0-9]$/)
      .filter((text) => /[a-f]/.test(text) && !/^\d+e\d+$/.test(text));
    const quoted = fc.stringMatching(/^[ -!#-[\]-~]{0,40}$/);
    const messageOf = (n: number, u: string, a: string, h: string, q: string) =>
      `job ${n} (${u}) at ${a} of image ${h} said "${q}" after ${n / 8} s`;
    const wanted = 'job <value> (<value>) at <address> of image <value> said <quoted> after <value> s';
    fc.assert(
      fc.property(fc.nat(), uuid, fc.ipV4(), hash, quoted, (n, u, a, h, q) => {
        expect(patternOf(messageOf(n, u, a, h, q))).toBe(wanted);
      }),
    );
  });

  it('whatever it holds is bounded in length and time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3000 }), (message) => {
        const pattern = patternOf(message);
        expect(pattern.length).toBeLessThan(MAX_PATTERN * 10);
        expect(patternOf(message)).toBe(pattern);
      }),
    );
    const startedAt = performance.now();
    for (const hard of ['"', "'a", ':', 'a-', '1.', '0', 'f:', '\\"'])
      for (let round = 0; round < 20; round += 1) patternOf(hard.repeat(MAX_PATTERN));
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

it('a fingerprint is 16 digits that tell patterns apart', () => {
  expect(fingerprintOf('job <id> failed')).toBe('620b3356a580f1c6');
  expect(fingerprintOf('job <id> failed')).not.toBe(fingerprintOf('job <id> failed.'));
});
