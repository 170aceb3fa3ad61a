import type { SourcedRow } from '../../testing.ts';

const volumes = 'kubernetes v1.36.3 pkg/apis/core/validation ValidatePersistentVolumeUpdate';
const pruning = 'kubernetes.io, CustomResourceDefinitions';
const versions = 'kubernetes.io, Versions in CustomResourceDefinitions';
const object = (kind: string, rest: string): string =>
  `{apiVersion: x.k8s.io/v1, kind: ${kind}, metadata: {name: a}, ${rest}}`;
const volume = (spec: string): string => object('PersistentVolume', `spec: {${spec}}`);
const crd = (spec: string): string => object('CustomResourceDefinition', `spec: {${spec}}`);
const schema = (fields: string): string =>
  crd(
    `versions: [{name: v1, served: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, ${fields}}}}}}]`,
  );
const two = (second: string): string => crd(`versions: [{name: v1, served: true}, {name: v2, ${second}}]`);

export const rows: readonly SourcedRow[] = [
  [
    'the handler of a RuntimeClass',
    object('RuntimeClass', 'handler: a'),
    object('RuntimeClass', 'handler: b'),
    'recreate',
    /immutable/,
    'kubernetes v1.36.3 pkg/apis/node/validation',
  ],
  [
    'the address type of an EndpointSlice',
    object('EndpointSlice', 'addressType: IPv4'),
    object('EndpointSlice', 'addressType: IPv6'),
    'recreate',
    /immutable/,
    'kubernetes v1.36.3 pkg/apis/discovery/validation',
  ],
  [
    'attachment of a CSIDriver',
    object('CSIDriver', 'spec: {attachRequired: true}'),
    object('CSIDriver', 'spec: {attachRequired: false}'),
    'recreate',
    /immutable/,
    'kubernetes v1.36.3 pkg/apis/storage/validation',
  ],
  [
    'parameters of a VolumeAttributesClass',
    object('VolumeAttributesClass', 'parameters: {a: b}'),
    object('VolumeAttributesClass', 'parameters: {a: c}'),
    'recreate',
    /immutable/,
    'kubernetes v1.36.3 pkg/apis/storage/validation',
  ],
  [
    'the source of a volume',
    volume('iscsi: {iqn: a}'),
    volume('iscsi: {iqn: b}'),
    'recreate',
    /immutable/,
    volumes,
  ],
  [
    'another kind of source',
    volume('fc: {lun: 1}'),
    volume('nfs: {server: a}'),
    'recreate',
    /immutable/,
    volumes,
  ],
  [
    'options of a mount',
    volume('nfs: {server: a}'),
    volume('nfs: {server: a}, mountOptions: [hard]'),
    'config',
    /in place/,
    volumes,
  ],
  [
    'an affinity that was not set',
    volume('nfs: {server: a}'),
    volume('nfs: {server: a}, nodeAffinity: {required: {nodeSelectorTerms: [{a: b}]}}'),
    'config',
    /in place/,
    volumes,
  ],
  [
    'an affinity that was',
    volume('nodeAffinity: {required: {a: b}}'),
    volume('nodeAffinity: {required: {a: c}}'),
    'recreate',
    /immutable/,
    volumes,
  ],
  ['a version that is not served', two('served: true'), two('served: false'), 'prune', /404/, versions],
  [
    'a version that is dropped',
    two('served: true'),
    crd('versions: [{name: v1, served: true}]'),
    'prune',
    /version that clients/,
    versions,
  ],
  [
    'a conversion that is dropped',
    crd('conversion: {strategy: Webhook, webhook: {a: b}}'),
    crd('scope: null'),
    'data-loss',
    /no longer converted/,
    versions,
  ],
  [
    'a field that is dropped',
    schema('properties: {a: {type: string}, b: {type: string}}'),
    schema('properties: {a: {type: string}}'),
    'data-loss',
    /pruned from stored objects/,
    pruning,
  ],
  [
    'a field below one that is dropped',
    schema('properties: {a: {type: object, properties: {x: {type: string}}}}'),
    schema('properties: {b: {type: string}}'),
    'data-loss',
    /pruned/,
    pruning,
  ],
  [
    'a field that is dropped where all are kept',
    schema('x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}'),
    schema('x-kubernetes-preserve-unknown-fields: true'),
    'config',
    /in place/,
    pruning,
  ],
  [
    'a field that is added',
    schema('properties: {a: {type: string}}'),
    schema('properties: {a: {type: string}, b: {type: string}}'),
    'config',
    /in place/,
    pruning,
  ],
  [
    'a description that is dropped',
    schema('properties: {a: {type: string, description: a}}'),
    schema('properties: {a: {type: string}}'),
    'config',
    /in place/,
    pruning,
  ],
];
