/** Canary releases. @see https://argo-rollouts.readthedocs.io/en/stable/installation/ */
import { argoRollouts as addon } from '../../../apps/addons/argo.ts';
import type { KubernetesObject } from '../cluster.ts';
import { access, deployment, type Installed, service } from './objects.ts';

const id = { name: 'argo-rollouts', namespace: 'argo-rollouts' };

/** The image that the test cluster runs Argo Rollouts from. */
export const argoRolloutsImage = 'sluice.test/argo-rollouts:1';

const podOf = ({ environment, system }: Installed): KubernetesObject =>
  deployment({
    ...id,
    image: argoRolloutsImage,
    args: ['--leader-elect=false', ...addon.values(environment, system).controller.extraArgs],
    ports: [
      { name: 'healthz', containerPort: 8080 },
      { name: 'metrics', containerPort: 8090 },
    ],
    readiness: { httpGet: { path: '/healthz', port: 'healthz' } },
    memory: '200Mi',
  });

const all = ['*'];
const read = ['get', 'list', 'watch'];

/** The objects that install Argo Rollouts. */
export const argoRolloutsObjects = (wanted: Installed): KubernetesObject[] => [
  ...access(id, [
    { apiGroups: ['argoproj.io'], resources: all, verbs: all },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: all },
    { apiGroups: ['', 'apps'], resources: ['deployments', 'podtemplates'], verbs: [...read, 'update'] },
    { apiGroups: [''], resources: ['services'], verbs: [...read, 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: [...read, 'update'] },
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
    { apiGroups: [''], resources: ['secrets', 'configmaps', 'endpoints'], verbs: read },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'update', 'patch'] },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read },
    { apiGroups: ['traefik.io'], resources: ['traefikservices'], verbs: [...read, 'update'] },
    {
      apiGroups: ['networking.istio.io'],
      resources: ['virtualservices', 'destinationrules'],
      verbs: [...read, 'update', 'patch'],
    },
  ]),
  podOf(wanted),
  service(id, { 8090: 'metrics' }),
];
