import { describe, expect, it } from 'vitest';
import { images } from '../../environments/images.ts';
import { after, without } from './chains.ts';
import { repositoryOf } from './unpinned.ts';

const unpinned = `${repositoryOf(images.consumer)}:latest`;
const deployment = 'consumer/deployment-consumer.consumer.yaml';
const rule = 'scaler/prometheusrule-scaler.scaler.yaml';

describe('a broken link says what is missing', () => {
  it.each([
    [
      'a Service whose selector selects nothing',
      'consumer/service-consumer.consumer.yaml',
      /instance: consumer\n {4}app.kubernetes.io\/name: consumer$/m,
      'instance: consumer\n    app.kubernetes.io/name: consumers',
      'Service consumer/consumer of production selects the pods of: no pods of consumer have the labels',
    ],
    [
      'a Service that leads to no port',
      'consumer/service-consumer.consumer.yaml',
      'targetPort: http',
      'targetPort: web',
      'leads port 8080 to: no container of Deployment consumer/consumer has the port web',
    ],
    [
      'a pod without its priority',
      deployment,
      'priorityClassName: low',
      'priorityClassName: lwo',
      'PriorityClass lwo is not there',
    ],
    [
      'a pod without its account',
      deployment,
      'serviceAccountName: consumer',
      'serviceAccountName: nobody',
      'ServiceAccount consumer/nobody is not there',
    ],
    [
      'a pod without its Secret',
      deployment,
      'secretName: broker-credentials',
      'secretName: credentials',
      'Secret consumer/credentials is not there, and nothing makes it',
    ],
    [
      'a pod that wants another key of a Secret',
      'broker/statefulset-broker.broker.yaml',
      'key: password-hash',
      'key: hash',
      'Secret broker/broker-admin has no key hash; it has password, password-hash',
    ],
    [
      'a pod that believes other authorities',
      deployment,
      /configMap:\n( +)name: broker-authority/,
      'configMap:\n$1name: authority',
      'ConfigMap consumer/authority is not there',
    ],
    [
      'a pod that mounts another ConfigMap',
      'scaler/deployment-scaler.scaler.yaml',
      /configMap:\n( +)name: scaler/,
      'configMap:\n$1name: scale',
      'ConfigMap scaler/scale is not there',
    ],
    [
      'an image without a pin',
      deployment,
      /image: .*/,
      `image: ${unpinned}`,
      `image ${unpinned} is not in environments/images.ts`,
    ],
    [
      'a connection to a port that is closed',
      deployment,
      'broker.svc:5671',
      'broker.svc:5672',
      'Service broker/broker has no port 5672; it has 5671, 15671, 15692',
    ],
    [
      'a connection to no server',
      deployment,
      'broker.broker.svc',
      'broker.rabbit.svc',
      'Service rabbit/broker is not there, and no chart is installed in rabbit',
    ],
    [
      'a StatefulSet without its headless Service',
      'broker/statefulset-broker.broker.yaml',
      'serviceName: broker-headless',
      'serviceName: headless',
      'Service broker/headless is not there',
    ],
    [
      'an Ingress to another port',
      'broker/ingress-broker.broker.yaml',
      'name: management',
      'name: manage',
      'Service broker/broker has no port manage',
    ],
    [
      'an Ingress that no controller serves',
      'broker/ingress-broker.broker.yaml',
      'ingressClassName: traefik',
      'ingressClassName: nginx',
      'nothing brings the IngressClass nginx',
    ],
    [
      'an Ingress without its issuer',
      'broker/ingress-broker.broker.yaml',
      'cluster-issuer: letsencrypt',
      'cluster-issuer: le',
      'ClusterIssuer le is not there',
    ],
    [
      'a policy that selects no pod',
      'consumer/networkpolicy-consumer.consumer.yaml',
      /podSelector:\n {4}matchLabels:\n {6}app.kubernetes.io\/instance: consumer/,
      'podSelector:\n    matchLabels:\n      app.kubernetes.io/instance: consumers',
      'is about the pods of: no pods of consumer have the labels',
    ],
    [
      'a policy that lets in to a port without a listener',
      'consumer/networkpolicy-consumer.consumer.yaml',
      'port: 8080',
      'port: 8081',
      'no container of consumer/consumer has the port 8081',
    ],
    [
      'a policy that lets out to a port without a listener',
      'consumer/networkpolicy-consumer.consumer.yaml',
      'port: 5671',
      'port: 5673',
      'no container of broker/broker has the port 5673',
    ],
    [
      'a policy that lets in strangers',
      'consumer/networkpolicy-consumer.consumer.yaml',
      'metadata.name: monitoring',
      'metadata.name: metrics',
      'there are no pods of metrics with app.kubernetes.io/name=prometheus, and no chart is installed there',
    ],
    [
      'a budget that selects no pod',
      'consumer/poddisruptionbudget-consumer.consumer.yaml',
      /selector:\n {4}matchLabels:\n {6}app.kubernetes.io\/instance: consumer/,
      'selector:\n    matchLabels:\n      app.kubernetes.io/instance: consumers',
      'PodDisruptionBudget consumer/consumer of production selects the pods of: no pods',
    ],
    [
      'a scaler of nothing',
      'scaler/configmap-scaler.scaler.yaml',
      '"name": "consumer"',
      '"name": "worker"',
      "holds the latch 'jobs' of: Deployment consumer/worker is not there",
    ],
    [
      'a scaler that reads from no broker',
      'scaler/configmap-scaler.scaler.yaml',
      'broker.svc:15671',
      'broker.svc:80',
      "reads the backlog of 'jobs' from: Service broker/broker has no port 80",
    ],
    [
      'a binding of no role',
      'consumer/rolebinding-scale-consumer.consumer.yaml',
      'name: scale-consumer\nsubjects',
      'name: scale\nsubjects',
      'Role scale is not there',
    ],
    [
      'a binding to no account',
      'consumer/rolebinding-scale-consumer.consumer.yaml',
      'name: scaler\n',
      'name: autoscaler\n',
      'ServiceAccount scaler/autoscaler is not there',
    ],
    [
      'a role over what is not there',
      'consumer/role-scale-consumer.consumer.yaml',
      /resourceNames:\n( +)- consumer/,
      'resourceNames:\n$1- worker',
      'permits get, update of deployments/scale of: Deployment consumer/worker is not there',
    ],
    [
      'a secret from no store',
      'consumer/externalsecret-broker-credentials.consumer.yaml',
      'name: secret-store',
      'name: vault',
      'SecretStore vault is not there',
    ],
    [
      'a monitor of nothing',
      'consumer/servicemonitor-consumer.consumer.yaml',
      'instance: consumer\n      ',
      'instance: consumers\n      ',
      'no Service has the labels',
    ],
    [
      'a monitor of a port that is not there',
      'consumer/servicemonitor-consumer.consumer.yaml',
      'port: http',
      'port: metrics',
      'Service consumer/consumer has no port named metrics; it has http',
    ],
    [
      'an alert on a metric that no service registers',
      rule,
      'sluice_scaler_leader{',
      'sluice_scaler_leading{',
      'ScalerWithoutLeader reads sluice_scaler_leading: no service, rule or known exporter registers sluice_scaler_leading',
    ],
    [
      'a Rollout without its second Service',
      'api/rollout-api.api.yaml',
      'canaryService: api-canary',
      'canaryService: api-next',
      'Rollout api/api of production shifts the requests of a release by: Service api/api-next is not there',
    ],
    [
      'a release without an analysis',
      'api/rollout-api.api.yaml',
      'templateName: api-release',
      'templateName: release',
      'lets a release be judged by: AnalysisTemplate api/release is not there',
    ],
    [
      'an analysis of a metric that no service registers',
      'api/analysistemplate-api-release.api.yaml',
      'rate(http_requests_total{',
      'rate(http_request_total{',
      'success-ratio reads http_request_total: no service, rule or known exporter registers http_request_total',
    ],
    [
      'a share for a port that its Service has not',
      'api/traefikservice-api.api.yaml',
      'port: http',
      'port: web',
      'Service api/api-stable has no port web',
    ],
    [
      'an Application of an empty folder',
      'argocd/workloads/application-consumer.argocd.yaml',
      'path: dist/production/consumer',
      'path: dist/production/worker',
      'dist/production/worker holds no object: Argo CD would sync nothing',
    ],
    [
      'an Application of no project',
      'argocd/workloads/application-consumer.argocd.yaml',
      'project: workloads',
      'project: work',
      'AppProject work is not there',
    ],
  ])('%s', (_, path, from, to, sentence) => {
    expect(after(path, from, to).join('\n')).toContain(sentence);
  });

  it('an alert on a metric that has no scrape', () => {
    expect(without('scaler/servicemonitor-scaler.scaler.yaml')).toContain(
      'PrometheusRule scaler/scaler of production sluice_scaler_leader is scraped by: no ServiceMonitor has the pods of services/scaler scraped',
    );
  });

  it('an alert on a metric whose chart is not installed', () => {
    expect(without('argocd/addons/application-kube-prometheus-stack.argocd.yaml').join('\n')).toMatch(
      /kube_job_failed is a metric of kube-state-metrics, and no chart kube-prometheus-stack is installed/,
    );
  });

  it('the Namespace of an Application', () => {
    expect(without('consumer/namespace-consumer.yaml')).toEqual([
      'Application argocd/consumer of production goes to: Namespace consumer is not there',
    ]);
  });

  it('a route of Traefik without Traefik', () => {
    expect(without('argocd/addons/application-traefik.argocd.yaml')).toContain(
      'IngressRoute api/api of production is served by: no chart traefik is installed',
    );
  });
});
