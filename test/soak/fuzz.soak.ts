import { afterAll, expect, test } from 'vitest';
import { fuzz, type Row } from './fuzz/run.ts';
import { subjects } from './fuzz/subjects.ts';
import { markdownOf, record, tableOf } from './table.ts';

/** `FUZZ_INPUTS` and `FUZZ_SEED` run other ones: the seed of a run that failed finds the same again. */
const inputs = Number(process.env.FUZZ_INPUTS ?? 200_000);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const rows: Row[] = [];

afterAll(() => {
  const head = ['parser', 'inputs', 'accepted', 'refused', 'slowest ms', 'faults'];
  const cells = rows.map(({ parser, inputs, accepted, refused, slowestMs, faults }) => [
    ...[parser, inputs, accepted, refused, slowestMs, faults],
  ]);
  console.log(`\nseed ${seed}\n${tableOf(head, cells)}\n`);
  if (process.env.RECORD !== undefined) record('fuzz', markdownOf(head, cells));
});

test.each(subjects.map((subject) => [subject.name, subject] as const))(
  '%s: no crash, nothing slow, no secret shown, no nonsense accepted',
  (_, subject) => {
    const row = fuzz(subject, { inputs, seed });
    rows.push(row);
    expect(row.examples.join('\n')).toBe('');
    // Both ways are walked: a fuzz that is always refused, or never, proves little.
    expect(row).toMatchObject({ inputs, faults: 0 });
    expect(row.accepted).toBeGreaterThan(0);
  },
);
