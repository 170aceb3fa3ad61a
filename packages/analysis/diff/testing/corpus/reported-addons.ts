import { object, type ReportedRow } from '../../testing.ts';
import { cluster, cm, dep, docs, named } from './reported-kit.ts';

const CERT = 'cert-manager.io/v1';
const KEDA = 'keda.sh/v1alpha1';
const SECRETS = 'external-secrets.io/v1';

const tls = object(
  'networking.k8s.io/v1',
  'Ingress',
  'spec: {tls: [{hosts: [a.example.com], secretName: t}], rules: [{host: a.example.com}]}',
);
const certificate = (spec: string): string => object(CERT, 'Certificate', `spec: {secretName: t, ${spec}}`);
const scaled = (spec: string): string =>
  object(KEDA, 'ScaledObject', `spec: {scaleTargetRef: {name: web}, maxReplicaCount: 5, ${spec}}`);
const scaledJob = (image: string, spec: string): string =>
  object(
    KEDA,
    'ScaledJob',
    `spec: {${spec} triggers: [], jobTargetRef: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "${image}"}]}}}}`,
  );
const external = (spec: string): string =>
  object(
    SECRETS,
    'ExternalSecret',
    `spec: {secretStoreRef: {kind: ClusterSecretStore, name: vault}, ${spec}}`,
  );
const store = (conditions: string): string =>
  cluster(
    SECRETS,
    'ClusterSecretStore',
    'vault',
    `spec: {${conditions} provider: {vault: {server: "https://v"}}}`,
  );
const reads = dep('envFrom: [{secretRef: {name: creds}}]');

export const rows: readonly ReportedRow[] = [
  // cert-manager
  [
    'a certificate that no longer has the host of an Ingress',
    docs(tls, certificate('dnsNames: [a.example.com, b.example.com]')),
    docs(tls, certificate('dnsNames: [b.example.com]')),
    'broken',
    /a\.example\.com/,
    'cert-manager.io, Certificate resource',
  ],
  [
    'a certificate with a wildcard instead of a host',
    docs(tls, certificate('dnsNames: [a.example.com]')),
    docs(tls, certificate('dnsNames: ["*.example.com"]')),
    'config',
    /how it is encrypted/,
    'RFC 6125, 6.4.3',
  ],
  [
    'the Secret of a certificate that a pod mounts',
    docs(
      dep('', '', 'volumes: [{name: t, secret: {secretName: t}}],'),
      certificate('dnsNames: [a.example.com]'),
    ),
    docs(
      dep('', '', 'volumes: [{name: t, secret: {secretName: t}}],'),
      certificate('dnsNames: [a.example.com]').replace('secretName: t', 'secretName: u'),
    ),
    'broken',
    /Secret shop\/t/,
    'cert-manager.io, Certificate resource',
  ],
  [
    'a certificate removed',
    docs(tls, certificate('dnsNames: [a.example.com]')),
    tls,
    'broken',
    /Secret shop\/t/,
    'cert-manager.io, Certificate resource',
  ],
  [
    'an issuer removed that an Ingress names',
    docs(
      object(
        'networking.k8s.io/v1',
        'Ingress',
        'spec: {tls: [{secretName: t}]}',
        'annotations: {cert-manager.io/issuer: le}',
      ),
      named('Issuer', CERT, 'le', 'spec: {}'),
    ),
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {tls: [{secretName: t}]}',
      'annotations: {cert-manager.io/issuer: le}',
    ),
    'broken',
    /Issuer/,
    'cert-manager.io, Annotated Ingress resource',
  ],
  // KEDA
  [
    'another image of a ScaledJob, which ends the running Jobs',
    scaledJob('a:1', ''),
    scaledJob('a:2', ''),
    'recreate',
    /running Jobs/,
    'github.com/kedacore/keda v2.20.2, controllers/keda/scaledjob_controller.go',
  ],
  [
    'another image of a ScaledJob that lets the running Jobs end',
    scaledJob('a:1', 'rollout: {strategy: gradual},'),
    scaledJob('a:2', 'rollout: {strategy: gradual},'),
    'config',
    /new pods only/,
    'github.com/kedacore/keda v2.20.2, controllers/keda/scaledjob_controller.go',
  ],
  [
    'a variable that a trigger reads of its workload',
    docs(
      dep('env: [{name: RABBIT, value: a}]'),
      scaled('triggers: [{type: rabbitmq, metadata: {hostFromEnv: RABBIT}}]'),
    ),
    docs(
      dep('env: [{name: BROKER, value: a}]'),
      scaled('triggers: [{type: rabbitmq, metadata: {hostFromEnv: RABBIT}}]'),
    ),
    'broken',
    /RABBIT/,
    'keda.sh, Authentication',
  ],
  [
    'the login of a trigger for the whole cluster removed',
    docs(
      dep(''),
      scaled(
        'triggers: [{type: rabbitmq, metadata: {}, authenticationRef: {kind: ClusterTriggerAuthentication, name: b}}]',
      ),
      cluster(KEDA, 'ClusterTriggerAuthentication', 'b', 'spec: {}'),
    ),
    docs(
      dep(''),
      scaled(
        'triggers: [{type: rabbitmq, metadata: {}, authenticationRef: {kind: ClusterTriggerAuthentication, name: b}}]',
      ),
    ),
    'broken',
    /ClusterTriggerAuthentication b/,
    'keda.sh, Authentication',
  ],
  // external-secrets
  [
    'a Secret that is filled and no longer made',
    docs(reads, store(''), external('target: {name: creds}, data: [{secretKey: a, remoteRef: {key: x}}]')),
    docs(
      reads,
      store(''),
      external('target: {name: creds, creationPolicy: Merge}, data: [{secretKey: a, remoteRef: {key: x}}]'),
    ),
    'broken',
    /Secret shop\/creds/,
    'external-secrets.io, Lifecycle: "Merge"',
  ],
  [
    'an ExternalSecret removed, whose Secret goes',
    docs(reads, store(''), external('target: {name: creds}, data: [{secretKey: a, remoteRef: {key: x}}]')),
    docs(reads, store('')),
    'broken',
    /Secret shop\/creds/,
    'external-secrets.io, Lifecycle: "Owner"',
  ],
  [
    'an ExternalSecret removed, whose Secret stays',
    docs(
      reads,
      store(''),
      external('target: {name: creds, creationPolicy: Orphan}, data: [{secretKey: a, remoteRef: {key: x}}]'),
    ),
    docs(reads, store('')),
    'prune',
    /stays/,
    'external-secrets.io, Lifecycle: "Orphan"',
  ],
  [
    'a key that the template of an ExternalSecret no longer makes',
    docs(
      dep('env: [{name: A, valueFrom: {secretKeyRef: {name: creds, key: url}}}]'),
      store(''),
      external(
        'target: {name: creds, template: {data: {url: "{{ .a }}"}}}, data: [{secretKey: a, remoteRef: {key: x}}]',
      ),
    ),
    docs(
      dep('env: [{name: A, valueFrom: {secretKeyRef: {name: creds, key: url}}}]'),
      store(''),
      external(
        'target: {name: creds, template: {data: {uri: "{{ .a }}"}}}, data: [{secretKey: a, remoteRef: {key: x}}]',
      ),
    ),
    'broken',
    /key url/,
    'external-secrets.io, Advanced Templating',
  ],
  [
    'a store that is closed to a namespace',
    docs(store(''), external('target: {name: creds}, data: []')),
    docs(store('conditions: [{namespaces: [pay]}],'), external('target: {name: creds}, data: []')),
    'broken',
    /ClusterSecretStore vault/,
    'external-secrets.io, ClusterSecretStore',
  ],
  [
    'a store that names a namespace',
    docs(store(''), external('target: {name: creds}, data: []')),
    docs(store('conditions: [{namespaces: [pay, shop]}],'), external('target: {name: creds}, data: []')),
    'config',
    /ClusterSecretStore/,
    'external-secrets.io, ClusterSecretStore',
  ],
  [
    'a PushSecret removed that deletes what it wrote',
    object(
      'external-secrets.io/v1alpha1',
      'PushSecret',
      'spec: {deletionPolicy: Delete, selector: {secret: {name: a}}, data: []}',
    ),
    '',
    'data-loss',
    /provider/,
    'external-secrets.io, PushSecret',
  ],
  [
    'a PushSecret removed that leaves what it wrote',
    object('external-secrets.io/v1alpha1', 'PushSecret', 'spec: {selector: {secret: {name: a}}, data: []}'),
    cm('a: b'),
    'prune',
    /Argo CD deletes it/,
    'external-secrets.io, PushSecret',
  ],
];
