import { afterAll, describe, expect, it, test } from 'vitest';
import { FuzzPool } from './fuzz/pool.ts';
import { fuzz, type Row } from './fuzz/run.ts';
import { subjects } from './fuzz/subjects.ts';
import { markdownOf, record, tableOf, withRecorded } from './table.ts';

/** `FUZZ_INPUTS` and `FUZZ_SEED` run other ones: the seed of a run that failed finds the same again. */
const inputs = Number(process.env.FUZZ_INPUTS ?? 200_000);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const HEAD = ['parser', 'inputs', 'accepted', 'refused', 'slowest ms', 'faults'];
const cellsOf = ({ parser, inputs, accepted, refused, slowestMs, faults }: Row) => [
  ...[parser, inputs, accepted, refused, slowestMs, faults],
];
const rows: Row[] = [];
const pool = new FuzzPool();

afterAll(async () => {
  await pool.close();
  const cells = rows.map(cellsOf);
  console.log(`\nseed ${seed}\n${tableOf(HEAD, cells)}\n`);
  const names = subjects.map(({ name }) => name);
  if (process.env.RECORD !== undefined) record('fuzz', markdownOf(HEAD, withRecorded('fuzz', names, cells)));
});

test.each(subjects.map((subject) => [subject.name, subject] as const))(
  '%s: no crash, nothing slow, no secret shown, no nonsense accepted',
  async (_, subject) => {
    const row = await pool.run(subject, { inputs, seed });
    rows.push(row);
    // Rows of a run that is broken off later are known all the same.
    console.log(tableOf(HEAD, [cellsOf(row)]));
    expect(row.examples.join('\n')).toBe('');
    // Both ways are walked: a fuzz that is always refused, or never, proves little.
    expect(row).toMatchObject({ inputs, faults: 0 });
    expect(row.accepted).toBeGreaterThan(0);
  },
);

describe('the threads', () => {
  const subject = subjects.find(({ name }) => name === 'duration') as (typeof subjects)[number];

  it('find what one thread finds', async () => {
    const { slowestMs: _, ...row } = await pool.run(subject, { inputs: 10_000, seed });
    expect(fuzz(subject, { inputs: 10_000, seed })).toMatchObject(row);
  });

  it('tell of a part that has no end', async () => {
    const hurried = new FuzzPool(1, 1);
    const row = await hurried.run(subject, { inputs: 2000, seed });
    await hurried.close();
    expect(row).toMatchObject({ inputs: 2000, faults: 1 });
    expect(row.examples).toEqual([`duration: no end within 0.001 s: inputs 0 to 2000 of seed ${seed}`]);
  });
});
