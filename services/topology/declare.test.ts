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
  expect(declared).toEqual({ created: ['a'], changed: ['b'], unchanged: ['c'] });
});

it('goes on after a refusal and fails with all of them', async () => {
  const written: string[] = [];
  const last = { ...resource('c', undefined), write: async () => void written.push('c') };
  const run = declareAll([
    resource('a', undefined, '', refusal(400)),
    resource('b', undefined, '', refusal(403)),
    last,
  ]);
  const error = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TopologyError);
  expect((error as TopologyError).refusals).toEqual([
    'a: PUT queues/x was refused with 400: inequivalent arg',
    'b: PUT queues/x was refused with 403: inequivalent arg',
  ]);
  expect(written).toEqual(['c']);
});

it('asks no further once its credentials were refused', async () => {
  const written: string[] = [];
  const last = { ...resource('b', undefined), write: async () => void written.push('b') };
  await expect(declareAll([resource('a', undefined, '', refusal(401)), last])).rejects.toThrow('401');
  expect(written).toEqual([]);
});
