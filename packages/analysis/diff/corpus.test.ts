import { describe, expect, it } from 'vitest';
import { other } from './testing/corpus/defaults-objects.ts';
import { rows as immutable } from './testing/corpus/immutable.ts';
import { rows as objects } from './testing/corpus/objects.ts';
import { rows as platform } from './testing/corpus/platform.ts';
import { rows as pods } from './testing/corpus/pods.ts';
import { rows as podsReadAndScaled } from './testing/corpus/pods-read-and-scaled.ts';
import { rows as reading } from './testing/corpus/reading.ts';
import { rows as releases } from './testing/corpus/releases.ts';
import { rows as rollouts } from './testing/corpus/rollouts.ts';
import { rows as storage } from './testing/corpus/storage.ts';
import { corpus } from './testing/corpus.ts';
import { compareYaml } from './testing.ts';

describe.each([
  ['what is described', objects],
  ['the platform', platform],
  ['what runs', pods],
  ['what pods read, and what scales them', podsReadAndScaled],
  ['a release', releases],
  ['a rollout that does not happen', rollouts],
  ['what is kept', storage],
  ['what cannot change, or not without a loss', immutable],
  ['a default', other],
  ['YAML, read as Kubernetes reads it', reading],
] as const)('a change of %s', (_, rows) => {
  it.each(rows)('%s', (__, base, head, rank, word) => {
    const { worst, changes } = compareYaml(base, head);
    expect(worst).toBe(rank);
    expect(changes.flatMap(({ reasons }) => reasons).join('; ')).toMatch(word);
  });
});

describe('the crafted changes', () => {
  it('are at least 250, each once in its kind', () => {
    const all = corpus.flatMap(({ title, changes }) => changes.map(([name]) => `${title}: ${name}`));
    expect(all.length).toBeGreaterThanOrEqual(250);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  it('each name the document, the page or the source that says what is right', () => {
    const named =
      /^(kubernetes|Kubernetes|Argo|argo|prometheus|grafana|RFC|ECMA|docs\/|services\/|[\w./-]+\.(io|com|dev|net|org|sh|co)\b)/;
    const without = corpus.flatMap(({ changes }) =>
      changes
        .filter((change) => !named.test(String(change.at(-1))))
        .map(([name, ...rest]) => [name, rest.at(-1)]),
    );
    expect(without).toEqual([]);
  });
});
