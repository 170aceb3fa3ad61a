/** The ingress controller. @see https://doc.traefik.io/traefik/providers/kubernetes-ingress/ */
import type { Cluster, KubernetesObject } from '../cluster.ts';
import { access, deployment, service } from './objects.ts';

const id = { name: 'traefik', namespace: 'traefik' };

/** The image that the test cluster runs Traefik from. */
export const traefikImage = 'sluice.test/traefik:1';

const pod = deployment({
  ...id,
  image: traefikImage,
  args: [
    '--entrypoints.web.address=:8000',
    '--entrypoints.admin.address=:9000',
    '--providers.kubernetesingress=true',
    '--providers.kubernetesingress.ingressclass=traefik',
    '--providers.kubernetescrd=true',
    '--providers.kubernetescrd.allowemptyservices=true',
    '--ping=true',
    '--ping.entrypoint=admin',
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
  ],
  ports: [
    { name: 'web', containerPort: 8000 },
    { name: 'admin', containerPort: 9000 },
  ],
  readiness: { httpGet: { path: '/ping', port: 'admin' } },
  memory: '300Mi',
  volumes: [{ path: '/tmp', volume: { name: 'tmp', emptyDir: {} } }],
});

const ingressClass: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'traefik' },
  spec: { controller: 'traefik.io/ingress-controller' },
};

const read = ['get', 'list', 'watch'];

/** The objects that install Traefik. */
export const traefikObjects: readonly KubernetesObject[] = [
  ...access(id, [
    { apiGroups: [''], resources: ['services', 'secrets', 'configmaps', 'nodes'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
    { apiGroups: ['traefik.io'], resources: ['*'], verbs: read },
  ]),
  ingressClass,
  pod,
  service(id, { 80: 'web' }),
];

/** Where it listens inside the cluster's network. */
export async function ingressAddress(cluster: Cluster): Promise<string> {
  const ask = ['--namespace', id.namespace, 'get', 'service', id.name, '-o', 'jsonpath={.spec.clusterIP}'];
  return (await cluster.kubectl(ask)).stdout;
}
