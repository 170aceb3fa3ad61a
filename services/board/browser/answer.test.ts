import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { fieldsOf, latch, schedule } from '@sluice/policy';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { basePolicies } from '../../../policy/testing/arbitraries.ts';
import { bundleForBrowsers } from '../../browser-bundle.ts';
import type { Sample } from '../model/history.ts';
import { TimeShare, whatIfState } from '../model/what-if.ts';
import { LANGUAGES } from '../text/language.ts';
import { pageOf } from '../view/page.ts';
import { wordsOf } from '../view/what-if.ts';
import { sent, shownOf } from '../view/what-if-shown.ts';
import { type Basis, columnsOf } from './answer.ts';

const program = bundleForBrowsers(join(import.meta.dirname, 'simulator.ts')).toString();

/** The program as a browser runs it: a realm of its own, and what passes between is text. */
function simulator(basis: Basis) {
  let answer = '';
  const worker = {
    onmessage: (_event: { readonly data: unknown }): void => {},
    postMessage: (data: unknown) => {
      answer = JSON.stringify(data);
    },
  };
  runInContext(program, createContext(worker));
  worker.onmessage({ data: JSON.parse(JSON.stringify({ basis })) });
  return (typed: Readonly<Record<string, string>>): unknown => {
    worker.onmessage({ data: { typed } });
    return JSON.parse(answer);
  };
}

const pageIn = (language: (typeof LANGUAGES)[number]) =>
  pageOf({ prefix: '', path: '/queues/jobs', language, timeZone: 'Europe/Berlin', choice: {} });

const small = fc.integer({ min: 0, max: 40 });
const samples = fc
  .array(fc.tuple(small, small, small, fc.option(fc.double({ min: 0, max: 5, noNaN: true }))), {
    ...{ minLength: 10, maxLength: 30 },
  })
  .map((all) =>
    all.map(
      ([ready, unacked, replicas, throughput], index): Sample => ({
        ...{ at: 1_700_000_000_000 + index * 7_300, ready, unacked, replicas, throughput },
        oldestWaitSeconds: null,
      }),
    ),
  );
const windows = [{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 1 }];
const policies = fc.oneof(
  basePolicies,
  fc.constant(
    schedule({
      policy: latch({ replicas: 5, startWhen: { readyAtLeast: 9 } }),
      ...{ timeZone: 'Europe/Berlin', windows },
    }),
  ),
);

it('answers in a browser as the server does, whatever the policy, the readings and the numbers', () => {
  const number = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 5, max: 60 }).map(String) },
    fc.constantFrom('x', '-1', '2.5'),
  );
  const language = fc.constantFrom(...LANGUAGES);
  let answers = 0;
  fc.assert(
    fc.property(
      policies,
      samples,
      fc.array(number, { minLength: 1, maxLength: 3 }),
      language,
      (policy, read, numbers, tongue) => {
        const page = pageIn(tongue);
        const words = wordsOf(page);
        const fields = fieldsOf(policy);
        const typed = Object.fromEntries(
          numbers.map((text, index) => [fields[index % fields.length] ?? '', text]),
        );
        const state = whatIfState({ policy, samples: read }, typed, new TimeShare());
        if (state === undefined) throw new Error('there is a policy');
        const { answer, ...shown } = shownOf(state, words, page.format);
        answers += answer === undefined ? 0 : 1;
        const expected = { ...shown, ...(answer && { answer: sent(answer, words, page.format) }) };
        const ask = simulator({ policy, samples: columnsOf(read), words });
        expect(ask(typed)).toEqual(JSON.parse(JSON.stringify(expected)));
      },
    ),
    { numRuns: 60 },
  );
  expect(answers).toBeGreaterThan(5);
});

it('is less than 28 KB as it is sent, and makes no program of text', async () => {
  const { loadAssets } = await import('../server/assets.ts');
  const { 'simulator.js': script, 'what-if.js': page } = await loadAssets();
  expect(script.brotli.length + page.brotli.length).toBeLessThan(28_000);
  expect(script.body.toString()).not.toMatch(/\bimport\s*\(|\beval\(|new Function/);
});
