import { describe, expect, it } from 'vitest';
import { APP, app, finalizer, path, rows, shop } from './testing/corpus/applications.ts';
import { compareFiles } from './testing.ts';

describe('a change of what Argo CD syncs', () => {
  it.each(rows)('%s', (_, base, head, files, rank, word) => {
    const { changes } = compareFiles({ ...files, [APP]: base }, { ...files, [APP]: head });
    const [worst] = changes.filter(
      ({ object, change }) => /^Application/.test(object.kind) && change !== 'added',
    );
    const leaves = worst?.leaves.map((leaf) => leaf.rank) ?? [];
    expect(worst?.change === 'removed' ? worst.rank : leaves[0]).toBe(rank);
    expect(worst?.leaves.map(({ reason }) => reason).join('; ') || worst?.reasons.join('; ')).toMatch(word);
  });

  it('follows the Applications of a parent that is removed', () => {
    const files = {
      'local/argocd/apps/shop.yaml': app('shop', path, finalizer),
      ...shop,
    };
    const parent = app('root', 'path: dist/local/argocd/apps', finalizer);
    const { changes } = compareFiles({ ...files, [APP]: parent }, files);
    expect(changes).toMatchObject([
      {
        rank: 'data-loss',
        reasons: [
          expect.stringMatching(/deletes its 3 objects as well, PersistentVolumeClaim shop\/data among them/),
        ],
      },
    ]);
  });

  it('follows none of them that keeps its objects', () => {
    const files = { 'local/argocd/apps/shop.yaml': app('shop', path), ...shop };
    const parent = app('root', 'path: dist/local/argocd/apps', finalizer);
    const { changes } = compareFiles({ ...files, [APP]: parent }, files);
    expect(changes).toMatchObject([
      { rank: 'prune', reasons: [expect.stringMatching(/deletes its 1 objects/)] },
    ]);
  });
});
