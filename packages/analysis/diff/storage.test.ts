import { describe, expect, it } from 'vitest';
import { application, cascade, claim } from './testing/corpus/storage.ts';
import { compareFiles, compareYaml } from './testing.ts';

describe('a change of what is kept', () => {
  it('an Application removed whose folder holds a volume', () => {
    const delivery = { 'local/argocd/root/web.yaml': application(cascade) };
    const { changes } = compareFiles(
      { ...delivery, 'local/shop/claim.yaml': claim('1Gi') },
      { 'local/shop/claim.yaml': claim('1Gi') },
    );
    expect(changes).toMatchObject([{ rank: 'data-loss', reasons: [expect.stringMatching('its 1 objects')] }]);
  });

  it('an environment renamed: one goes with all its volumes, another comes', () => {
    const difference = compareFiles(
      { 'local/shop/claim.yaml': claim('1Gi') },
      { 'dev/shop/claim.yaml': claim('1Gi') },
    );
    expect(difference.worst).toBe('data-loss');
    expect([...difference.environmentChanges]).toEqual([
      ['local', 'removed'],
      ['dev', 'added'],
    ]);
  });

  it('a volume that another Application takes over may be pruned by the first', () => {
    const { changes } = compareFiles(
      { 'local/shop/claim.yaml': claim('1Gi') },
      { 'local/web/claim.yaml': claim('1Gi') },
    );
    expect(changes).toMatchObject([{ rank: 'data-loss', leaves: [{ before: 'shop', after: 'web' }] }]);
  });

  it('a file renamed in its folder changes nothing', () => {
    const { worst } = compareFiles(
      { 'local/shop/a.yaml': claim('1Gi') },
      { 'local/shop/b.yaml': claim('1Gi') },
    );
    expect(worst).toBeUndefined();
  });

  it('says what Argo CD does before it prunes', () => {
    const sync = (options: string): string =>
      claim('1Gi').replace(
        'namespace: shop,',
        `namespace: shop, annotations: {argocd.argoproj.io/sync-options: "${options}"}`,
      );
    const reasonOf = (options: string) => compareYaml(sync(options), '').changes[0]?.reasons.join();
    expect(reasonOf('Prune=confirm,Delete=confirm')).toMatch('asks before');
    expect(reasonOf('Prune=false')).toMatch('keeps it in the cluster');
  });
});
