import { jsonText } from '../../packages/manifests/embedded.ts';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import type { ClusterLike } from './machine.ts';

/** Argo CD's own name as a field manager: what bootstrap applied is its to change and to remove, without a conflict. */
const OWNER = 'argocd-controller';

/** Server-side apply, through standard input. */
export async function apply(cluster: ClusterLike, objects: readonly KubernetesObject[]): Promise<void> {
  // kubectl calls an empty list an error.
  if (objects.length === 0) return;
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  const how = ['--server-side', '--force-conflicts', `--field-manager=${OWNER}`, '--filename', '-'];
  await cluster.kubectl(['apply', ...how], { input: jsonText(list) });
}

/** @returns the object, undefined where it is not there; a kind that the server does not know is not there */
export async function find<T = KubernetesObject>(
  cluster: ClusterLike,
  kind: string,
  name: string,
  namespace?: string,
): Promise<T | undefined> {
  const where = namespace === undefined ? [] : ['--namespace', namespace];
  const get = [...where, 'get', kind, name, '--ignore-not-found', '--output', 'json'];
  const { code, stdout, stderr } = await cluster.kubectl(get, { check: false });
  if (code === 0) return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as T);
  if (/the server doesn't have a resource type/.test(stderr)) return undefined;
  await cluster.kubectl(get);
  return undefined;
}

/** Resolves when every Deployment and StatefulSet of a selection has the pods it wants. */
export async function rolledOut(cluster: ClusterLike, namespace: string, seconds: number): Promise<void> {
  for (const kind of ['deployment', 'statefulset']) {
    const all = await cluster.kubectl(['--namespace', namespace, 'get', kind, '--output', 'name']);
    for (const one of all.stdout.split('\n').filter((line) => line !== ''))
      await cluster.kubectl(['--namespace', namespace, 'rollout', 'status', one, `--timeout=${seconds}s`], {
        seconds: seconds + 10,
      });
  }
}
