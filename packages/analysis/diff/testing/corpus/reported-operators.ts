import { object, type ReportedRow } from '../../testing.ts';
import { cluster, dep, docs, named, svc } from './reported-kit.ts';

const PROM = 'monitoring.coreos.com/v1';
const ARGO = 'argoproj.io/v1alpha1';

const prometheus = (spec: string): string => object(PROM, 'Prometheus', `spec: {${spec}}`);
const alerts = (groups: string): string => object(PROM, 'PrometheusRule', `spec: {groups: [${groups}]}`);
const monitored = (endpoint: string): string =>
  docs(
    svc('selector: {app: web}, ports: [{name: http, port: 80}]', 'labels: {app: web}'),
    dep('ports: [{name: http, containerPort: 80}]'),
    object(
      PROM,
      'ServiceMonitor',
      `spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: http, ${endpoint}}]}`,
    ),
  );
const rollout = (strategy: string): string =>
  object(
    ARGO,
    'Rollout',
    `spec: {selector: {matchLabels: {app: web}}, strategy: {${strategy}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "a:1"}]}}}`,
  );
const service = (name: string): string =>
  named('Service', 'v1', name, 'spec: {selector: {app: web}, ports: [{port: 80}]}');
const template = (args: string): string =>
  object(
    ARGO,
    'AnalysisTemplate',
    `spec: {args: [${args}], metrics: [{name: a, provider: {web: {url: "https://example.com"}}}]}`,
  );
const analysed = (args: string): string =>
  docs(rollout(`canary: {steps: [{analysis: {templates: [{templateName: web}], args: [${args}]}}]}`));

export const rows: readonly ReportedRow[] = [
  // prometheus-operator
  [
    'path and scheme of a monitor',
    monitored(''),
    monitored('path: /metrics, scheme: http'),
    undefined,
    /nothing changes/,
    'prometheus-operator.dev, API reference: Endpoint',
  ],
  [
    'the login of a monitor removed',
    docs(
      monitored('basicAuth: {username: {name: web, key: user}, password: {name: web, key: pass}}'),
      object('v1', 'Secret', 'stringData: {user: a, pass: b}'),
    ),
    monitored('basicAuth: {username: {name: web, key: user}, password: {name: web, key: pass}}'),
    'broken',
    /Secret shop\/web/,
    'prometheus-operator.dev, API reference: Endpoint',
  ],
  [
    'a key of the token of a monitor',
    docs(
      monitored('authorization: {credentials: {name: web, key: token}}'),
      object('v1', 'Secret', 'stringData: {token: a}'),
    ),
    docs(
      monitored('authorization: {credentials: {name: web, key: token}}'),
      object('v1', 'Secret', 'stringData: {bearer: a}'),
    ),
    'broken',
    /key token/,
    'prometheus-operator.dev, API reference: Endpoint',
  ],
  [
    'storage of a Prometheus that ends with its pods',
    prometheus('storage: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 10Gi}}}}}'),
    prometheus('replicas: 1'),
    'data-loss',
    /emptyDir/,
    'prometheus-operator.dev, Storage',
  ],
  [
    'shorter retention of a Prometheus',
    prometheus('retention: 30d'),
    prometheus('retention: 2d'),
    'data-loss',
    /older than/,
    'prometheus.io, Storage: "Operational aspects"',
  ],
  [
    'longer retention of a Prometheus',
    prometheus('retention: 30d'),
    prometheus('retention: 8w'),
    'config',
    /applied in place/,
    'prometheus.io, Storage: "Operational aspects"',
  ],
  [
    'a recording rule that an alert reads',
    alerts(
      '{name: a, rules: [{record: "shop:errors:rate5m", expr: "sum(rate(errors_total[5m]))"}, {alert: A, expr: "shop:errors:rate5m > 1"}]}',
    ),
    alerts(
      '{name: a, rules: [{record: "shop:errors:rate1m", expr: "sum(rate(errors_total[5m]))"}, {alert: A, expr: "shop:errors:rate5m > 1"}]}',
    ),
    'broken',
    /shop:errors:rate5m/,
    'prometheus.io, Recording rules',
  ],
  [
    'a duration of an alert that is none',
    alerts('{name: a, rules: [{alert: A, expr: "up == 0", for: 5m}]}'),
    alerts('{name: a, rules: [{alert: A, expr: "up == 0", for: 5min}]}'),
    'broken',
    /5min/,
    'prometheus.io, Alerting rules',
  ],
  [
    'two groups of one name',
    alerts('{name: a, rules: []}, {name: b, rules: []}'),
    alerts('{name: a, rules: []}, {name: a, rules: []}'),
    'broken',
    /name a/,
    'prometheus-operator.dev, API reference: PrometheusRuleSpec',
  ],
  [
    'a receiver that alerts are routed to',
    object(
      'monitoring.coreos.com/v1alpha1',
      'AlertmanagerConfig',
      'spec: {route: {receiver: chat, routes: [{receiver: pager}]}, receivers: [{name: chat}, {name: pager}]}',
    ),
    object(
      'monitoring.coreos.com/v1alpha1',
      'AlertmanagerConfig',
      'spec: {route: {receiver: chat, routes: [{receiver: pager}]}, receivers: [{name: chat}, {name: phone}]}',
    ),
    'broken',
    /pager/,
    'prometheus-operator.dev, API reference: Route',
  ],
  [
    'the namespaces of a Prometheus',
    docs(
      cluster('v1', 'Namespace', 'shop', 'spec: {}').replace('name: shop', 'name: shop, labels: {team: a}'),
      named(
        'Prometheus',
        PROM,
        'k8s',
        'spec: {serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {matchLabels: {team: a}}}',
      ).replace('namespace: shop', 'namespace: monitoring'),
      monitored(''),
    ),
    docs(
      cluster('v1', 'Namespace', 'shop', 'spec: {}').replace('name: shop', 'name: shop, labels: {team: a}'),
      named(
        'Prometheus',
        PROM,
        'k8s',
        'spec: {serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {matchLabels: {team: b}}}',
      ).replace('namespace: shop', 'namespace: monitoring'),
      monitored(''),
    ),
    'broken',
    /ServiceMonitor/,
    'prometheus-operator.dev, API reference: PrometheusSpec',
  ],
  // Argo Rollouts
  [
    'one Service for both sides of a release',
    docs(
      rollout('blueGreen: {activeService: web, previewService: preview}'),
      service('web'),
      service('preview'),
    ),
    docs(rollout('blueGreen: {activeService: web, previewService: web}'), service('web'), service('preview')),
    'broken',
    /previewService/,
    'argo-rollouts.readthedocs.io, BlueGreen Deployment Strategy: "previewService"',
  ],
  [
    'a share of more than everything',
    rollout('canary: {steps: [{setWeight: 20}]}'),
    rollout('canary: {steps: [{setWeight: 120}]}'),
    'broken',
    /setWeight/,
    'argo-rollouts.readthedocs.io, Canary Deployment Strategy',
  ],
  [
    'two strategies at once',
    docs(rollout('blueGreen: {activeService: web}'), service('web')),
    docs(rollout('blueGreen: {activeService: web}, canary: {}'), service('web')),
    'broken',
    /canary/,
    'argo-rollouts.readthedocs.io, Rollout Specification',
  ],
  [
    'an argument of an analysis that nobody gives',
    docs(analysed('{name: service, value: a}'), template('{name: service}')),
    docs(analysed(''), template('{name: service}')),
    'broken',
    /service/,
    'argo-rollouts.readthedocs.io, Analysis & Progressive Delivery: "Analysis Template Arguments"',
  ],
  [
    'an argument of an analysis with a value of its own',
    docs(analysed('{name: service, value: a}'), template('{name: service, value: b}')),
    docs(analysed(''), template('{name: service, value: b}')),
    'config',
    /no restart/,
    'argo-rollouts.readthedocs.io, Analysis & Progressive Delivery: "Analysis Template Arguments"',
  ],
  [
    'the Deployment of a Rollout removed',
    docs(
      dep('', 'replicas: 0,'),
      named(
        'Rollout',
        ARGO,
        'next',
        'spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}, strategy: {canary: {}}}',
      ),
    ),
    named(
      'Rollout',
      ARGO,
      'next',
      'spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}, strategy: {canary: {}}}',
    ),
    'broken',
    /Deployment shop\/web/,
    'argo-rollouts.readthedocs.io, Migrating to Rollouts',
  ],
  [
    'the pods of a Deployment that a Rollout takes',
    docs(
      dep('', 'replicas: 0,'),
      named(
        'Rollout',
        ARGO,
        'next',
        'spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}, strategy: {canary: {}}}',
      ),
    ),
    docs(
      dep('command: [b]', 'replicas: 0,'),
      named(
        'Rollout',
        ARGO,
        'next',
        'spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}, strategy: {canary: {}}}',
      ),
    ),
    'config',
    /release of Rollout shop\/next/,
    'argo-rollouts.readthedocs.io, Migrating to Rollouts',
  ],
  // RabbitMQ
  [
    'a queue that is to be durable',
    object(
      'rabbitmq.com/v1beta1',
      'Queue',
      'spec: {name: q, durable: false, rabbitmqClusterReference: {name: r}}',
    ),
    object(
      'rabbitmq.com/v1beta1',
      'Queue',
      'spec: {name: q, durable: true, rabbitmqClusterReference: {name: r}}',
    ),
    'recreate',
    /refuse/,
    'rabbitmq.com, Using RabbitMQ Messaging Topology Kubernetes Operator',
  ],
];
