import { Construct } from 'constructs';
import { ARGOCD_NAMESPACE } from '../../argocd/settings.ts';
import { Credentials } from '../../charts/credentials.ts';
import { PodAccess, type PodPeer, peers } from '../../charts/network-policy.ts';
import { SecretBoundary } from '../../charts/secrets.ts';
import { addonsOf } from '../addons/catalog.ts';
import { addonConnections } from '../addons/connections.ts';
import { EXTERNAL_SECRETS } from '../addons/external-secrets.ts';
import type { Application, Connection } from '../application.ts';
import { addonSecretsOf, declareStore } from './credentials.ts';
import { accessesOf, denyByDefault, isSame, SOLVER_LABEL } from './network.ts';

/** The namespaces of addons are closed as those of the workloads are; kube-system is the cluster's own. */
export const addonNetwork: Application = {
  name: 'addon-network',
  parent: 'addons',
  namespace: ARGOCD_NAMESPACE,
  stage: 'foundation',
  contribute: (environment) => ({ connections: addonConnections(environment, addonsOf(environment)) }),
  build: (scope, environment, { connections }) => {
    const addons = addonsOf(environment).map(({ namespace }) => namespace.name);
    const names = new Set(addons.filter((name) => name !== 'kube-system'));
    for (const name of [...names].sort()) closeNamespace(scope, name, connections);
  },
};

/**
 * What addons read from the secret manager, and the rule that a namespace reads its own document alone; nothing where
 * Secrets are made before the first sync.
 */
export const addonSecrets: Application = {
  name: 'addon-secrets',
  parent: 'addons',
  namespace: EXTERNAL_SECRETS.namespace,
  stage: 'secrets',
  build: (scope, environment) => {
    const { secrets: store } = environment;
    if (store.kind === 'pre-made') return;
    new SecretBoundary(scope, 'boundary', store);
    const secrets = addonSecretsOf(environment);
    for (const namespace of new Set(secrets.map(({ owner }) => owner.namespace)))
      declareStore(scope, namespace, environment);
    for (const { owner, ...secret } of secrets)
      new Credentials(scope, `${owner.namespace}-${secret.secretName}`, { ...owner, ...secret, store });
  },
};

function closeNamespace(scope: Construct, namespace: string, all: readonly Connection[]): void {
  const closed = new Construct(scope, namespace);
  denyByDefault(closed, { namespace });
  for (const pods of endsIn(namespace, all)) {
    const name = nameOf(pods);
    new PodAccess(closed, name, { name, pods, ...accessesOf(pods, all) });
  }
}

/** Every pod of the namespace, and those of them that have connections of their own. */
function endsIn(namespace: string, all: readonly Connection[]): PodPeer[] {
  const ends: PodPeer[] = [peers.everyPod(namespace)];
  for (const end of all.flatMap(({ from, to }) => [from, to]))
    if ('podLabels' in end && end.namespace === namespace && !ends.some((known) => isSame(known, end)))
      ends.push(end);
  return ends;
}

/** `prometheus`; what cert-manager's pods are called, their label says as `true`. */
function nameOf(pods: PodPeer): string {
  if ('everyPod' in pods) return 'every-pod';
  const [[key = '', value = ''] = []] = Object.entries(pods.podLabels);
  return key === SOLVER_LABEL ? 'acme-solver' : value;
}
