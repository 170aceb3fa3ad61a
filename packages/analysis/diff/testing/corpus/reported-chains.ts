import { object, type ReportedRow } from '../../testing.ts';
import { cluster, dep, docs, named, route, svc } from './reported-kit.ts';

export const rows: readonly ReportedRow[] = [
  [
    'the class of a claim removed',
    docs(
      object('v1', 'PersistentVolumeClaim', 'spec: {storageClassName: fast}'),
      cluster('storage.k8s.io/v1', 'StorageClass', 'fast', 'provisioner: x'),
    ),
    object('v1', 'PersistentVolumeClaim', 'spec: {storageClassName: fast}'),
    'broken',
    /StorageClass fast/,
    'kubernetes.io, Storage Classes',
  ],
  [
    'a ServiceMonitor of another namespace',
    docs(
      svc('selector: {app: web}, ports: [{name: http, port: 80}]', 'labels: {app: web}'),
      dep('ports: [{name: http, containerPort: 80}]'),
      object(
        'monitoring.coreos.com/v1',
        'ServiceMonitor',
        'spec: {namespaceSelector: {matchNames: [shop]}, selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}',
      ),
    ),
    docs(
      svc('selector: {app: web}, ports: [{name: http, port: 80}]', 'labels: {app: web}'),
      dep('ports: [{name: http, containerPort: 80}]'),
      object(
        'monitoring.coreos.com/v1',
        'ServiceMonitor',
        'spec: {namespaceSelector: {matchNames: [store]}, selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}',
      ),
    ),
    'broken',
    /ServiceMonitor/,
    'prometheus-operator.dev, API reference: NamespaceSelector',
  ],
  [
    'an expression that is no PromQL',
    object(
      'monitoring.coreos.com/v1',
      'PrometheusRule',
      'spec: {groups: [{name: a, rules: [{alert: A, expr: "up == 0"}]}]}',
    ),
    object(
      'monitoring.coreos.com/v1',
      'PrometheusRule',
      'spec: {groups: [{name: a, rules: [{alert: A, expr: "sum(up == 0"}]}]}',
    ),
    'broken',
    /expr|PromQL/,
    'prometheus.io, Querying basics',
  ],
  [
    'no grant for a route',
    docs(
      route('rules: [{backendRefs: [{name: api, namespace: back, port: 80}]}]'),
      `{apiVersion: v1, kind: Service, metadata: {name: api, namespace: back}, spec: {ports: [{port: 80}]}}`,
      `{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: a, namespace: back}, spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: "", kind: Service}]}}`,
    ),
    docs(
      route('rules: [{backendRefs: [{name: api, namespace: back, port: 80}]}]'),
      `{apiVersion: v1, kind: Service, metadata: {name: api, namespace: back}, spec: {ports: [{port: 80}]}}`,
    ),
    'broken',
    /ReferenceGrant/,
    'gateway-api.sigs.k8s.io, ReferenceGrant',
  ],
  [
    'the issuer of a certificate removed',
    docs(
      object(
        'cert-manager.io/v1',
        'Certificate',
        'spec: {secretName: t, issuerRef: {kind: Issuer, name: le}}',
      ),
      named('Issuer', 'cert-manager.io/v1', 'le', 'spec: {}'),
    ),
    object('cert-manager.io/v1', 'Certificate', 'spec: {secretName: t, issuerRef: {kind: Issuer, name: le}}'),
    'broken',
    /Issuer/,
    'cert-manager.io, Certificate resource',
  ],
  [
    'a certificate in another Secret',
    docs(
      object('cert-manager.io/v1', 'Certificate', 'spec: {secretName: t}'),
      object('networking.k8s.io/v1', 'Ingress', 'spec: {tls: [{secretName: t}]}'),
    ),
    docs(
      object('cert-manager.io/v1', 'Certificate', 'spec: {secretName: u}'),
      object('networking.k8s.io/v1', 'Ingress', 'spec: {tls: [{secretName: t}]}'),
    ),
    'broken',
    /Secret shop\/t/,
    'kubernetes.io, Ingress',
  ],
  [
    'another target of an ExternalSecret',
    docs(
      dep('envFrom: [{secretRef: {name: creds}}]'),
      object(
        'external-secrets.io/v1',
        'ExternalSecret',
        'spec: {target: {name: creds}, data: [{secretKey: a, remoteRef: {key: x}}]}',
      ),
    ),
    docs(
      dep('envFrom: [{secretRef: {name: creds}}]'),
      object(
        'external-secrets.io/v1',
        'ExternalSecret',
        'spec: {target: {name: cred}, data: [{secretKey: a, remoteRef: {key: x}}]}',
      ),
    ),
    'broken',
    /Secret shop\/creds/,
    'external-secrets.io, API: ExternalSecret spec.target',
  ],
  [
    'as many idle replicas as there are at least',
    docs(
      dep(''),
      object(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'spec: {scaleTargetRef: {name: web}, minReplicaCount: 2, idleReplicaCount: 0, maxReplicaCount: 5, triggers: []}',
      ),
    ),
    docs(
      dep(''),
      object(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'spec: {scaleTargetRef: {name: web}, minReplicaCount: 2, idleReplicaCount: 2, maxReplicaCount: 5, triggers: []}',
      ),
    ),
    'broken',
    /idleReplicaCount/,
    'keda.sh, ScaledObject specification: "idleReplicaCount"',
  ],
  [
    'a trigger by CPU without a request',
    docs(
      dep('resources: {requests: {cpu: 1}}'),
      object(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'spec: {scaleTargetRef: {name: web}, triggers: [{type: cpu, metricType: Utilization, metadata: {value: "60"}}]}',
      ),
    ),
    docs(
      dep(''),
      object(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'spec: {scaleTargetRef: {name: web}, triggers: [{type: cpu, metricType: Utilization, metadata: {value: "60"}}]}',
      ),
    ),
    'broken',
    /cpu/,
    'keda.sh, CPU: "Prerequisites"',
  ],
  [
    'a key of a login',
    docs(
      dep(''),
      object(
        'keda.sh/v1alpha1',
        'TriggerAuthentication',
        'spec: {secretTargetRef: [{parameter: host, name: web, key: host}]}',
      ),
      object('v1', 'Secret', 'stringData: {host: a}'),
    ),
    docs(
      dep(''),
      object(
        'keda.sh/v1alpha1',
        'TriggerAuthentication',
        'spec: {secretTargetRef: [{parameter: host, name: web, key: host}]}',
      ),
      object('v1', 'Secret', 'stringData: {url: a}'),
    ),
    'broken',
    /key host/,
    'keda.sh, Authentication: "Secret(s)"',
  ],
  [
    'two default priorities',
    cluster('scheduling.k8s.io/v1', 'PriorityClass', 'a', 'value: 1, globalDefault: true'),
    docs(
      cluster('scheduling.k8s.io/v1', 'PriorityClass', 'a', 'value: 1, globalDefault: true'),
      cluster('scheduling.k8s.io/v1', 'PriorityClass', 'b', 'value: 2, globalDefault: true'),
    ),
    'broken',
    /globalDefault/,
    'kubernetes.io, Pod Priority and Preemption',
  ],
  [
    'a range the wrong way round',
    object('v1', 'LimitRange', 'spec: {limits: [{type: Container, max: {memory: 1Gi}, min: {memory: 1Mi}}]}'),
    object('v1', 'LimitRange', 'spec: {limits: [{type: Container, max: {memory: 1Gi}, min: {memory: 2Gi}}]}'),
    'broken',
    /memory/,
    'kubernetes.io, Limit Ranges',
  ],
  [
    'fewer pods than replicas',
    docs(dep('', 'replicas: 3,'), object('v1', 'ResourceQuota', 'spec: {hard: {pods: 9}}')),
    docs(dep('', 'replicas: 3,'), object('v1', 'ResourceQuota', 'spec: {hard: {pods: 2}}')),
    'broken',
    /pods/,
    'kubernetes.io, Resource Quotas',
  ],
];
