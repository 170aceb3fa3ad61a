import { expect, it } from 'vitest';
import { declareAll, TopologyError } from './declare.ts';
import { RefusedError } from './management.ts';
import type { Resource } from './resources.ts';

const refusal = (status: number) => new RefusedError('PUT', 'queues/x', status, 'inequivalent arg');

/** A resource as it stands, and what writing it leads to. */
function resource(label: string, existing: unknown, wanted = 'wanted', error?: Error): Resource {
  return {
    label,
    read: async () => existing,
    matches: (found) => found === wanted,
    write: async () => {
      if (error) throw error;
    },
  };
}

it('writes what is absent or different, and leaves the rest alone', async () => {
  const declared = await declareAll([
    resource('a', undefined),
    resource('b', 'other'),
    resource('c', 'wanted', 'wanted', new Error('written')),
  ]);
  expect(declared).toMatchObject({ created: ['a'], changed: ['b'], unchanged: ['c'] });
});

/** Runs to its failure. @returns that and what was written before it */
async function failure(...resources: Resource[]) {
  const written: string[] = [];
  const noted = resources.map((each) => ({
    ...each,
    write: async () => {
      await each.write();
      written.push(each.label);
    },
  }));
  const error = await declareAll(noted).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TopologyError);
  const { refusals, skipped } = error as TopologyError;
  return { refusals, skipped, written };
}

it('goes on after a refusal and fails with all of them', async () => {
  const { refusals, skipped, written } = await failure(
    resource('a', undefined, '', refusal(400)),
    resource('b', undefined, '', refusal(403)),
    resource('c', undefined),
  );
  expect(refusals).toEqual([
    'a: PUT queues/x was refused with 400: inequivalent arg',
    'b: PUT queues/x was refused with 403: inequivalent arg',
  ]);
  expect([skipped, written]).toEqual([[], ['c']]);
});

it('leaves alone what depends on what was refused, and what depends on that', async () => {
  const { refusals, skipped, written } = await failure(
    resource('policy', undefined, '', refusal(400)),
    { ...resource('queue', undefined), dependsOn: ['policy', 'exchange'] },
    { ...resource('binding', undefined), dependsOn: ['queue'] },
    { ...resource('other', undefined), dependsOn: ['exchange'] },
  );
  expect(refusals).toHaveLength(1);
  expect(skipped).toEqual(['queue: depends on policy', 'binding: depends on queue']);
  expect(written).toEqual(['other']);
});

it('asks no further once its credentials were refused', async () => {
  const written: string[] = [];
  const last = { ...resource('b', undefined), write: async () => void written.push('b') };
  await expect(declareAll([resource('a', undefined, '', refusal(401)), last])).rejects.toThrow('401');
  expect(written).toEqual([]);
});
