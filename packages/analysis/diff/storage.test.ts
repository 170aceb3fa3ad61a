import { describe, expect, it } from 'vitest';
import { compareFiles, compareYaml, object, type Row } from './testing.ts';

const set = (spec: string): string => object('apps/v1', 'StatefulSet', `spec: {${spec}}`);
const claims = (size: string): string =>
  `volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: ${size}}}}}]`;
const claim = (size: string, rest = ''): string =>
  object('v1', 'PersistentVolumeClaim', `spec: {resources: {requests: {storage: ${size}}}, ${rest}}`);
const retention = (whenScaled: string): string =>
  `persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: ${whenScaled}}`;
const volume = (spec: string): string => object('v1', 'PersistentVolume', `spec: {${spec}}`);
const namespace = '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}';
const crd = (spec: string): string =>
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `spec: {${spec}}`);
const elastic = object('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', 'spec: {}');
const application = (metadata = '', spec = 'source: {path: dist/local/shop}'): string =>
  object('argoproj.io/v1alpha1', 'Application', `spec: {${spec}}`, metadata);
const cascade = 'finalizers: [resources-finalizer.argocd.argoproj.io]';

const rows: readonly Row[] = [
  ['a claim removed', claim('1Gi'), '', 'data-loss', /volume goes with its claim/],
  ['a claim renamed', claim('1Gi'), claim('1Gi').replace('name: web', 'name: data'), 'data-loss', /removed/],
  ['a claim grown', claim('1Gi'), claim('2Gi'), 'config', /in place/],
  ['a claim shrunk', claim('1Gi'), claim('1000Mi'), 'data-loss', /cannot shrink/],
  ['a claim of the same size', claim('1Gi'), claim('1024Mi'), undefined, /^$/],
  ['a claim of another class', claim('1Gi'), claim('1Gi', 'storageClassName: fast'), 'recreate', /immutable/],
  [
    'access modes in another order',
    claim('1Gi', 'accessModes: [ReadWriteOnce, ReadOnlyMany]'),
    claim('1Gi', 'accessModes: [ReadOnlyMany, ReadWriteOnce]'),
    undefined,
    /^$/,
  ],
  ['claim templates grown', set(claims('1Gi')), set(claims('2Gi')), 'data-loss', /immutable/],
  ['claim templates of the same size', set(claims('1Gi')), set(claims('1024Mi')), undefined, /^$/],
  ['claim templates dropped', set(claims('1Gi')), set(''), 'data-loss', /immutable/],
  ['a StatefulSet with claims removed', set(claims('1Gi')), '', 'data-loss', /its volumes/],
  ['a StatefulSet without claims removed', set(''), '', 'prune', /deletes it/],
  ['claims deleted on scale-in', set(retention('Retain')), set(retention('Delete')), 'data-loss', /claims/],
  [
    'fewer replicas, whose claims are deleted',
    set(`replicas: 3, ${retention('Delete')}`),
    set(`replicas: 2, ${retention('Delete')}`),
    'data-loss',
    /whenScaled/,
  ],
  [
    'fewer replicas, whose claims stay',
    set(`replicas: 3, ${retention('Retain')}`),
    set(`replicas: 2, ${retention('Retain')}`),
    'scaling',
    /replicas of StatefulSet/,
  ],
  ['another service of a StatefulSet', set('serviceName: a'), set('serviceName: b'), 'recreate', /immutable/],
  [
    'another strategy of a StatefulSet',
    set('updateStrategy: {type: OnDelete}'),
    set(''),
    'config',
    /in place/,
  ],
  [
    'storage that goes with its claim',
    volume('persistentVolumeReclaimPolicy: Retain'),
    volume('persistentVolumeReclaimPolicy: Delete'),
    'data-loss',
    /storage is deleted/,
  ],
  [
    'storage that outlives its claim',
    volume('persistentVolumeReclaimPolicy: Delete'),
    volume('persistentVolumeReclaimPolicy: Retain'),
    'config',
    /in place/,
  ],
  [
    'another disk',
    volume('csi: {volumeHandle: a}'),
    volume('csi: {volumeHandle: b}'),
    'recreate',
    /immutable/,
  ],
  ['a Namespace removed', namespace, '', 'data-loss', /everything in the namespace/],
  ['a definition removed', crd('scope: Namespaced'), '', 'data-loss', /custom resources/],
  ['a definition of another scope', crd('scope: Namespaced'), crd('scope: Cluster'), 'recreate', /immutable/],
  [
    'a version of a definition removed',
    crd('versions: [{name: v1}, {name: v1beta1}]'),
    crd('versions: [{name: v1}]'),
    'prune',
    /version/,
  ],
  ['an Elasticsearch removed', elastic, '', 'data-loss', /deletes its volumes/],
  [
    'storage of another kind',
    object('storage.k8s.io/v1', 'StorageClass', 'parameters: {type: gp2}'),
    object('storage.k8s.io/v1', 'StorageClass', 'parameters: {type: gp3}'),
    'recreate',
    /immutable/,
  ],
  ['an Application removed', application(), '', 'prune', /no Application manages/],
  [
    'an Application removed with its objects',
    application(cascade),
    '',
    'prune',
    /deletes its 0|deletes everything/,
  ],
  [
    'an Application that syncs another folder',
    application(),
    application('', 'source: {repoURL: "https://example.com/b", path: dist/local/shop}'),
    'prune',
    /only the old source/,
  ],
  [
    'an Application that may become empty',
    application('', 'syncPolicy: {automated: {allowEmpty: false}}'),
    application('', 'syncPolicy: {automated: {allowEmpty: true}}'),
    'config',
    /prune everything/,
  ],
];

describe('a change of what is kept', () => {
  it.each(rows)('%s', (_, base, head, rank, word) => {
    const { worst, changes } = compareYaml(base, head);
    expect(worst).toBe(rank);
    expect(changes.flatMap(({ reasons }) => reasons).join('; ')).toMatch(word);
  });

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
    expect([...difference.comings]).toEqual([
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
