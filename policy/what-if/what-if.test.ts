import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import {
  constant,
  drain,
  fieldsOf,
  flow,
  latch,
  numbersOf,
  type Policy,
  proportional,
  schedule,
  type Trace,
  type WhatIfNumbers,
  whatIf,
} from '../index.ts';
import { basePolicies } from '../testing/arbitraries.ts';
import { rebuild } from './rebuild.ts';

const arrivals: Trace = {
  kind: 'trace',
  entries: [
    { epochSeconds: 1000, count: 100 },
    { epochSeconds: 1600, count: 30 },
  ],
};
const today = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });
const ask = (typed: WhatIfNumbers, policy: Policy = today) =>
  whatIf({ policy, typed, arrivals, jobSeconds: 5, startSeconds: 10, replicas: 0 });

/** What the line makes in a workload's file. */
const evaluated = (line: string): unknown => {
  const known = { latch, proportional, drain, flow, constant, schedule };
  return new Function(...Object.keys(known), `return { ${line} }.policy`)(...Object.values(known));
};

describe('what other numbers would have done', () => {
  it('is computed by the simulator, beside the policy of today', () => {
    const answer = ask({ readyAtLeast: '10', replicas: '50' });
    if ('faults' in answer) throw new Error('faults');
    expect(answer.line).toBe(
      'policy: latch({ replicas: 50, startWhen: { readyAtLeast: 10, oldestWaitSeconds: 60 } }),',
    );
    // 30 jobs below the mark of 100 wait a minute for their age; a mark of 10 takes them at the next reading.
    expect(answer.today.waitMax).toBeGreaterThan(60);
    expect(answer.changed.waitMax).toBeLessThan(25);
    expect([answer.today.processed, answer.changed.processed]).toEqual([130, 130]);
  });

  it('is what there is today where no number is another one', () => {
    const typed = Object.fromEntries(
      Object.entries(numbersOf(today)).map(([key, value]) => [key, `${value}`]),
    );
    const answer = ask(typed);
    if ('faults' in answer) throw new Error('faults');
    expect(answer.changed).toEqual(answer.today);
  });

  it('follows a job and a start that take longer than assumed', () => {
    const answer = ask({ jobSeconds: '50', startSeconds: '60' });
    if ('faults' in answer) throw new Error('faults');
    expect(answer.today.waitP50).toBeGreaterThan(60);
    expect(answer.changed).toEqual(answer.today);
  });
});

describe('the line to paste', () => {
  it('makes the policy that was simulated, of every kind, its windows derived or said', () => {
    fc.assert(
      fc.property(basePolicies, (base) => {
        const { policy, line } = rebuild(base, base);
        expect(policy).toEqual(base);
        expect(evaluated(line)).toEqual(base);
      }),
    );
  });

  it('keeps the timetable around it', () => {
    const windows = [{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 5 }];
    const timetable = schedule({
      policy: today,
      timeZone: 'Europe/Berlin',
      windows,
      holidays: ['2026-12-25'],
    });
    const { policy, line } = rebuild(timetable, { ...today, maxReplicas: 30 });
    expect(evaluated(line)).toEqual(policy);
    expect(policy).toEqual({ ...timetable, policy: { ...today, maxReplicas: 30 } });
  });

  it('derives the window of a drain from its new times', () => {
    const answer = ask(
      { podStartSeconds: '30' },
      drain({ sloSeconds: 300, meanServiceSeconds: 2, maxReplicas: 9 }),
    );
    if ('faults' in answer) throw new Error('faults');
    expect(evaluated(answer.line)).toEqual(
      drain({ sloSeconds: 300, meanServiceSeconds: 2, podStartSeconds: 30, maxReplicas: 9 }),
    );
  });
});

describe('a number that does not fit', () => {
  it.each([
    ['replicas', 'ten', { rule: 'number' }],
    ['replicas', '1e3', { rule: 'number' }],
    ['replicas', '2.5', { rule: 'whole' }],
    ['replicas', '0', { rule: 'at-least', limit: 1 }],
    ['replicas', '501', { rule: 'at-most', limit: 500 }],
    ['oldestWaitSeconds', '0', { rule: 'above', limit: 0 }],
    ['minReplicas', '26', { rule: 'at-most', limit: 25, other: 'replicas' }],
    ['jobSeconds', '-1', { rule: 'above', limit: 0 }],
  ] as const)('is named with its constraint: %s %s', (field, text, fault) => {
    expect(ask({ [field]: text })).toEqual({ faults: [{ field, ...fault }] });
  });

  it('is named beside every other one', () => {
    const slo = drain({ sloSeconds: 300, meanServiceSeconds: 2, maxReplicas: 9 });
    expect(ask({ maxReplicas: 'x', sloSeconds: '20', podStartSeconds: '20' }, slo)).toEqual({
      faults: [
        { field: 'maxReplicas', rule: 'number' },
        { field: 'podStartSeconds', rule: 'below', limit: 20, other: 'sloSeconds' },
      ],
    });
  });

  it('is found whatever is typed: there is an answer or a fault, never another error', () => {
    const text = fc.oneof(fc.string(), fc.integer({ min: -5, max: 2000 }).map(String), fc.constant('NaN'));
    fc.assert(
      fc.property(basePolicies, fc.array(text, { maxLength: 12 }), (base, texts) => {
        const fields = fieldsOf(base);
        const typed = Object.fromEntries(texts.map((one, index) => [fields[index % fields.length], one]));
        const answer = ask(typed, base);
        expect('faults' in answer ? answer.faults.length > 0 : answer.line.startsWith('policy: ')).toBe(true);
      }),
      { numRuns: runs(30) },
    );
  });
});
