import { object, type ReportedRow } from '../../testing.ts';
import { cluster, cm, dep, docs } from './reported-kit.ts';

const labelled = (labels: string): string =>
  cluster('v1', 'Namespace', 'shop', 'spec: {}').replace('name: shop', `name: shop, labels: {${labels}}`);
const claim = (size: string): string =>
  object(
    'v1',
    'PersistentVolumeClaim',
    `spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: ${size}}}}`,
  );
const fast = (rest: string): string =>
  cluster('storage.k8s.io/v1', 'StorageClass', 'fast', `provisioner: x, ${rest}`);

export const rows: readonly ReportedRow[] = [
  // Defaults
  [
    'more defaults of pods',
    dep('', '', 'securityContext: {fsGroup: 1}, volumes: [{name: a, csi: {driver: x}}],'),
    dep(
      '',
      '',
      'hostUsers: true, securityContext: {fsGroup: 1, fsGroupChangePolicy: Always}, volumes: [{name: a, csi: {driver: x, readOnly: false}}],',
    ),
    undefined,
    /nothing changes/,
    'kubernetes v1.36.3 staging/src/k8s.io/api/core/v1/types.go',
  ],
  [
    'the label that a namespace has anyway',
    labelled('team: a'),
    labelled('team: a, kubernetes.io/metadata.name: shop'),
    'no-op',
    /sets this label itself/,
    'kubernetes v1.36.3 pkg/apis/core/v1/defaults.go',
  ],
  [
    'a status and the time of creation',
    dep(''),
    dep('')
      .replace('spec: {selector', 'status: {}, spec: {selector')
      .replace('namespace: shop,', 'namespace: shop, creationTimestamp: null,'),
    undefined,
    /nothing changes/,
    'kubernetes.io, Kubernetes Objects',
  ],
  [
    'a class by its field instead of the annotation',
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{host: a.example.com}]}',
      'annotations: {kubernetes.io/ingress.class: nginx}',
    ),
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {ingressClassName: nginx, rules: [{host: a.example.com}]}',
    ),
    'config',
    /annotation|controller/,
    'kubernetes.io, Ingress',
  ],
  // Forms of YAML
  [
    'a key that YAML reads as a boolean',
    cm('"true": a'),
    cm('on: a'),
    undefined,
    /nothing changes/,
    'github.com/kubernetes-sigs/yaml',
  ],
  [
    'a key that YAML reads as a number',
    cm('"8080": a'),
    cm('8080: a'),
    undefined,
    /nothing changes/,
    'github.com/kubernetes-sigs/yaml',
  ],
  [
    'a number with a sign and a binary one',
    dep('ports: [{containerPort: 80}]', 'replicas: 3,'),
    dep('ports: [{containerPort: +80}]', 'replicas: 0b11,'),
    undefined,
    /nothing changes/,
    'github.com/kubernetes-sigs/yaml',
  ],
  [
    'several maps merged at once',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop}\ndata: {a: "1", b: "2"}\n',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop, annotations: &x {a: "1"}, labels: &y {a: "9", b: "2"}}\ndata: {<<: [*x, *y]}\n',
    'metadata',
    /labels/,
    'github.com/kubernetes-sigs/yaml',
  ],
  [
    'an alias of another document',
    cm('a: &x b'),
    `${cm('a: &x b')}\n---\n${cm('a: *x').replace('name: web', 'name: other')}`,
    'refused',
    /alias|anchor/i,
    'github.com/kubernetes-sigs/yaml',
  ],
  // What cannot change
  [
    'the source of a snapshot',
    object('snapshot.storage.k8s.io/v1', 'VolumeSnapshot', 'spec: {source: {persistentVolumeClaimName: a}}'),
    object('snapshot.storage.k8s.io/v1', 'VolumeSnapshot', 'spec: {source: {persistentVolumeClaimName: b}}'),
    'recreate',
    /immutable/,
    'kubernetes.io, Volume Snapshots',
  ],
  [
    'a claim of devices',
    object(
      'resource.k8s.io/v1',
      'ResourceClaimTemplate',
      'spec: {spec: {devices: {requests: [{name: a, exactly: {deviceClassName: x}}]}}}',
    ),
    object(
      'resource.k8s.io/v1',
      'ResourceClaimTemplate',
      'spec: {spec: {devices: {requests: [{name: a, exactly: {deviceClassName: z}}]}}}',
    ),
    'recreate',
    /immutable/,
    'kubernetes.io, Dynamic Resource Allocation',
  ],
  [
    'growth that a class does not allow',
    docs(claim('1Gi'), fast('')),
    docs(claim('2Gi'), fast('')),
    'broken',
    /allowVolumeExpansion/,
    'kubernetes.io, Persistent Volumes: "Expanding Persistent Volumes Claims"',
  ],
  [
    'growth that a class allows',
    docs(claim('1Gi'), fast('allowVolumeExpansion: true')),
    docs(claim('2Gi'), fast('allowVolumeExpansion: true')),
    'config',
    /modified in place/,
    'kubernetes.io, Persistent Volumes: "Expanding Persistent Volumes Claims"',
  ],
];
