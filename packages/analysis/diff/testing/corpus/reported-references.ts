import { object, type ReportedRow, workload } from '../../testing.ts';
import { cluster, cm, cron, dep, docs, hpa, named, np, route } from './reported-kit.ts';

const labelled = (labels: string): string =>
  cluster('v1', 'Namespace', 'shop', 'spec: {}').replace('name: shop', `name: shop, labels: {${labels}}`);
const gateway = (listener: string): string =>
  object(
    'gateway.networking.k8s.io/v1',
    'Gateway',
    `spec: {gatewayClassName: gc, listeners: [{name: web, port: 443, protocol: HTTPS, ${listener}}]}`,
  );
const attached = (rest: string): string => route(`parentRefs: [{name: web}], ${rest} rules: []`);

export const rows: readonly ReportedRow[] = [
  // Chains
  [
    'a label of a namespace that a NetworkPolicy asks for',
    docs(
      labelled('team: a'),
      dep('env: [{name: API, value: "http://api.back:80"}]'),
      `{apiVersion: v1, kind: Service, metadata: {name: api, namespace: back}, spec: {selector: {app: api}, ports: [{port: 80}]}}`,
      workload('Deployment', 'image: "a:1", ports: [{containerPort: 80}]')
        .replaceAll('app: web', 'app: api')
        .replace('name: web, namespace: shop', 'name: api, namespace: back'),
      np('policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]')
        .replace('name: web, namespace: shop', 'name: api, namespace: back')
        .replace('app: web', 'app: api'),
    ),
    docs(
      labelled('team: b'),
      dep('env: [{name: API, value: "http://api.back:80"}]'),
      `{apiVersion: v1, kind: Service, metadata: {name: api, namespace: back}, spec: {selector: {app: api}, ports: [{port: 80}]}}`,
      workload('Deployment', 'image: "a:1", ports: [{containerPort: 80}]')
        .replaceAll('app: web', 'app: api')
        .replace('name: web, namespace: shop', 'name: api, namespace: back'),
      np('policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]')
        .replace('name: web, namespace: shop', 'name: api, namespace: back')
        .replace('app: web', 'app: api'),
    ),
    'broken',
    /NetworkPolicy/,
    'kubernetes.io, Network Policies: "The two sorts of pod isolation"',
  ],
  [
    'a pull secret of the account removed',
    docs(
      dep('', '', 'serviceAccountName: web,'),
      object('v1', 'ServiceAccount', 'imagePullSecrets: [{name: reg}]'),
      named(
        'Secret',
        'v1',
        'reg',
        'type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: "{}"}',
      ),
    ),
    docs(
      dep('', '', 'serviceAccountName: web,'),
      object('v1', 'ServiceAccount', 'imagePullSecrets: [{name: reg}]'),
    ),
    'broken',
    /Secret shop\/reg/,
    'kubernetes.io, Configure Service Accounts for Pods',
  ],
  [
    'an HPA of another API group',
    docs(dep('resources: {requests: {cpu: 1}}'), hpa('maxReplicas: 5')),
    docs(
      dep('resources: {requests: {cpu: 1}}'),
      hpa('maxReplicas: 5').replace('apiVersion: apps/v1', 'apiVersion: extensions/v1beta1'),
    ),
    'broken',
    /extensions/,
    'kubernetes.io, Horizontal Pod Autoscaling',
  ],
  [
    'the container that an HPA goes by',
    docs(
      dep('resources: {requests: {cpu: 1}}'),
      hpa(
        'maxReplicas: 5, metrics: [{type: ContainerResource, containerResource: {name: cpu, container: app, target: {type: Utilization, averageUtilization: 60}}}]',
      ),
    ),
    docs(
      dep('resources: {requests: {cpu: 1}}'),
      hpa(
        'maxReplicas: 5, metrics: [{type: ContainerResource, containerResource: {name: cpu, container: main, target: {type: Utilization, averageUtilization: 60}}}]',
      ),
    ),
    'broken',
    /main/,
    'kubernetes.io, Horizontal Pod Autoscaling',
  ],
  [
    'a day that is in no month',
    cron('').replace('0 3 * * *', '0 3 1 2 *'),
    cron('').replace('0 3 * * *', '0 3 31 2 *'),
    'broken',
    /31 2/,
    'kubernetes.io, CronJob',
  ],
  [
    'a claim of one pod for several',
    docs(
      dep('', 'replicas: 1,', 'volumes: [{name: d, persistentVolumeClaim: {claimName: web}}],'),
      object('v1', 'PersistentVolumeClaim', 'spec: {accessModes: [ReadWriteOncePod]}'),
    ),
    docs(
      dep('', 'replicas: 2,', 'volumes: [{name: d, persistentVolumeClaim: {claimName: web}}],'),
      object('v1', 'PersistentVolumeClaim', 'spec: {accessModes: [ReadWriteOncePod]}'),
    ),
    'broken',
    /ReadWriteOncePod/,
    'kubernetes.io, Persistent Volumes',
  ],
  [
    'more replicas than a quota has CPUs',
    docs(
      dep('resources: {requests: {cpu: 1}}', 'replicas: 3,'),
      object('v1', 'ResourceQuota', 'spec: {hard: {requests.cpu: 4}}'),
    ),
    docs(
      dep('resources: {requests: {cpu: 1}}', 'replicas: 6,'),
      object('v1', 'ResourceQuota', 'spec: {hard: {requests.cpu: 4}}'),
    ),
    'broken',
    /requests\.cpu/,
    'kubernetes.io, Resource Quotas',
  ],
  [
    'the secrets of a provider removed',
    docs(
      dep(
        '',
        '',
        'volumes: [{name: s, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: web}}}],',
      ),
      object('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'spec: {provider: vault}'),
    ),
    dep(
      '',
      '',
      'volumes: [{name: s, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: web}}}],',
    ),
    'broken',
    /SecretProviderClass/,
    'secrets-store-csi-driver.sigs.k8s.io, Concepts',
  ],
  [
    'parameters of an admission policy removed',
    docs(
      cluster(
        'admissionregistration.k8s.io/v1',
        'ValidatingAdmissionPolicy',
        'p',
        'spec: {paramKind: {apiVersion: v1, kind: ConfigMap}, validations: []}',
      ),
      cluster(
        'admissionregistration.k8s.io/v1',
        'ValidatingAdmissionPolicyBinding',
        'b',
        'spec: {policyName: p, validationActions: [Deny], paramRef: {name: web, namespace: shop, parameterNotFoundAction: Deny}}',
      ),
      cm('a: b'),
    ),
    docs(
      cluster(
        'admissionregistration.k8s.io/v1',
        'ValidatingAdmissionPolicy',
        'p',
        'spec: {paramKind: {apiVersion: v1, kind: ConfigMap}, validations: []}',
      ),
      cluster(
        'admissionregistration.k8s.io/v1',
        'ValidatingAdmissionPolicyBinding',
        'b',
        'spec: {policyName: p, validationActions: [Deny], paramRef: {name: web, namespace: shop, parameterNotFoundAction: Deny}}',
      ),
    ),
    'broken',
    /ConfigMap shop\/web/,
    'kubernetes.io, Validating Admission Policy',
  ],
  // Gateways
  [
    'the certificate of a listener removed',
    docs(
      gateway('tls: {certificateRefs: [{name: t}]}'),
      named('Secret', 'v1', 't', 'type: kubernetes.io/tls, stringData: {tls.crt: a, tls.key: b}'),
    ),
    gateway('tls: {certificateRefs: [{name: t}]}'),
    'broken',
    /Secret shop\/t/,
    'gateway-api.sigs.k8s.io, API specification: GatewayTLSConfig',
  ],
  [
    'a host that no listener has',
    docs(gateway('hostname: "*.example.com"'), attached('hostnames: [a.example.com],')),
    docs(gateway('hostname: "*.example.com"'), attached('hostnames: [a.example.org],')),
    'broken',
    /a\.example\.org/,
    'gateway-api.sigs.k8s.io, API specification: HTTPRouteSpec',
  ],
  [
    'a listener that is closed to other namespaces',
    docs(
      gateway('allowedRoutes: {namespaces: {from: All}}'),
      route('parentRefs: [{name: web, namespace: shop}], rules: []').replace(
        'namespace: shop,',
        'namespace: back,',
      ),
    ),
    docs(
      gateway('allowedRoutes: {namespaces: {from: Same}}'),
      route('parentRefs: [{name: web, namespace: shop}], rules: []').replace(
        'namespace: shop,',
        'namespace: back,',
      ),
    ),
    'broken',
    /namespace/,
    'gateway-api.sigs.k8s.io, API specification: AllowedRoutes',
  ],
  [
    'a listener without TLS',
    gateway('tls: {certificateRefs: [{name: t}]}'),
    gateway('').replace('protocol: HTTPS', 'protocol: HTTP'),
    'exposure',
    /without TLS/,
    'gateway-api.sigs.k8s.io, API specification: Listener',
  ],
];
