import { expect, it } from 'vitest';
import { SERVICES } from '../../../services/bundle.ts';
import { fuzz } from './run.ts';
import { subjects } from './subjects.ts';

/** The short form of `npm run soak -- fuzz`: always the same inputs. */
it.each(subjects.map((subject) => [subject.name, subject] as const))(
  '%s: no crash, nothing slow, no secret shown, no nonsense accepted',
  (_, subject) => {
    const { examples, ...row } = fuzz(subject, { inputs: 200, seed: 20_261_125 });
    expect(examples).toEqual([]);
    expect(row).toMatchObject({ inputs: 200, faults: 0 });
    expect(row.accepted).toBeGreaterThan(0);
  },
);

it('covers the environment of every service', () => {
  const names = subjects.map(({ name }) => name).filter((name) => name.startsWith('environment of '));
  expect(names.sort()).toEqual(SERVICES.map((service) => `environment of ${service}`).sort());
});
