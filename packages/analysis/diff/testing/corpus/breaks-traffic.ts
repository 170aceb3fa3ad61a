import { object } from '../../testing.ts';
import { type BreakRow, ingress, monitor, named, service, web } from '../chains.ts';

const services = 'kubernetes.io, Service';
const ingresses = 'kubernetes.io, Ingress';
const operator = 'prometheus-operator.dev, API reference: ServiceMonitor, Endpoint.port';

export const rows: readonly BreakRow[] = [
  [
    'a typo in the selector of a Service',
    [web, service, ingress],
    'selector: {app: web}',
    'selector: {app: wbe}',
    /Ingress shop\/web -> Service shop\/web selects the pods of: no pods of shop have the labels \{"app":"wbe"\}/,
    services,
  ],
  [
    'the label of pods that a Service selects',
    [
      web
        .replaceAll('app: web', 'app: web, tier: a')
        .replace('matchLabels: {app: web, tier: a}', 'matchLabels: {app: web}'),
      service.replace('selector: {app: web}', 'selector: {app: web, tier: a}'),
    ],
    'labels: {app: web, tier: a}},',
    'labels: {app: web, tier: b}},',
    /Service shop\/web selects the pods of: no pods/,
    services,
  ],
  [
    'the workload behind a Service removed',
    [web, service],
    web,
    '',
    /Service shop\/web selects the pods of: no pods/,
    services,
  ],
  [
    'a container port renamed under a Service',
    [web, service],
    'name: http, containerPort',
    'name: web, containerPort',
    /leads port 80 to: no container of Deployment shop\/web has the port http/,
    services,
  ],
  [
    'a container port renumbered under a Service',
    [web, service.replace('targetPort: http', 'targetPort: 8080')],
    'containerPort: 8080',
    'containerPort: 8081',
    /no container of Deployment shop\/web has the port 8080/,
    services,
  ],
  [
    'the port of a Service renamed under an Ingress',
    [web, service, ingress],
    '{name: http, port: 80',
    '{name: web, port: 80',
    /Ingress shop\/web leads example.com\/ to: Service shop\/web has no port http/,
    ingresses,
  ],
  [
    'the port of a Service renamed under a ServiceMonitor',
    [web, service, monitor],
    '{name: http, port: 80',
    '{name: web, port: 80',
    /ServiceMonitor shop\/web has scraped \/metrics on port http of: Service shop\/web has no port named http/,
    operator,
  ],
  [
    'an Ingress to another port',
    [web, service, ingress],
    'port: {name: http}',
    'port: {number: 8080}',
    /has no port 8080/,
    ingresses,
  ],
  [
    'an Ingress whose Service is removed',
    [web, service, ingress],
    service,
    '',
    /Ingress shop\/web leads example.com\/ to: Service shop\/web is not there/,
    ingresses,
  ],
  [
    'an Ingress to another Service',
    [web, service, ingress],
    'service: {name: web,',
    'service: {name: wbe,',
    /Service shop\/wbe is not there/,
    ingresses,
  ],
  [
    'a ServiceMonitor that selects another label',
    [web, service, monitor],
    'matchLabels: {app: web}}, endpoints',
    'matchLabels: {app: wbe}}, endpoints',
    /ServiceMonitor shop\/web has scraped: no Service has the labels/,
    operator,
  ],
  [
    'the label of a Service that a ServiceMonitor selects',
    [web, service, monitor],
    'labels: {app: web}}, spec: {selector',
    'labels: {app: shop}}, spec: {selector',
    /no Service has the labels/,
    operator,
  ],
  [
    'a PodMonitor of a port that is not there',
    [
      web,
      object(
        'monitoring.coreos.com/v1',
        'PodMonitor',
        'spec: {selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: admin}]}',
      ),
    ],
    'name: admin, containerPort',
    'name: metrics, containerPort',
    /PodMonitor shop\/web has scraped on port admin.*has the port admin/,
    operator,
  ],
  [
    'a webhook whose Service is removed',
    [
      web,
      service,
      object(
        'admissionregistration.k8s.io/v1',
        'ValidatingWebhookConfiguration',
        'webhooks: [{name: a, clientConfig: {service: {name: web, namespace: shop, port: 80}}}]',
      ),
    ],
    service,
    '',
    /ValidatingWebhookConfiguration web has the API server call: Service shop\/web is not there/,
    'kubernetes.io, Dynamic Admission Control',
  ],
  [
    'a route of the Gateway API to another port',
    [
      web,
      service,
      object(
        'gateway.networking.k8s.io/v1',
        'HTTPRoute',
        'spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}',
      ),
    ],
    'backendRefs: [{name: web, port: 80}',
    'backendRefs: [{name: web, port: 81}',
    /HTTPRoute shop\/web leads to: Service shop\/web has no port 81/,
    'gateway-api.sigs.k8s.io, HTTPRoute: backendRefs',
  ],
  [
    'a listener that a route is attached to',
    [
      object('gateway.networking.k8s.io/v1', 'Gateway', 'spec: {listeners: [{name: https, port: 443}]}'),
      object(
        'gateway.networking.k8s.io/v1',
        'HTTPRoute',
        'spec: {parentRefs: [{name: web, sectionName: https}]}',
      ),
    ],
    'listeners: [{name: https',
    'listeners: [{name: tls',
    /has no listener https/,
    'gateway-api.sigs.k8s.io, HTTPRoute: parentRefs',
  ],
  [
    'the Secret of an Ingress',
    [
      ingress.replace('rules:', 'tls: [{secretName: tls}], rules:'),
      web,
      service,
      named('Secret', 'v1', 'tls', 'type: kubernetes.io/tls, data: {tls.crt: YQ==, tls.key: YQ==}'),
    ],
    named('Secret', 'v1', 'tls', 'type: kubernetes.io/tls, data: {tls.crt: YQ==, tls.key: YQ==}'),
    '',
    /Ingress shop\/web encrypts with: Secret shop\/tls is not there/,
    'kubernetes.io, Ingress',
  ],
  [
    'a Rollout without its Service',
    [
      object(
        'argoproj.io/v1alpha1',
        'Rollout',
        'spec: {strategy: {blueGreen: {activeService: web}}, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}}',
      ),
      service.replace('targetPort: http', 'targetPort: 80'),
    ],
    'activeService: web',
    'activeService: web-active',
    /shifts the requests of a release by: Service shop\/web-active is not there/,
    'Argo Rollouts, Blue-green: activeService',
  ],
];
