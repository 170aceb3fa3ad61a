import type { Cluster, KubernetesObject } from '../cluster.ts';

/** Server-side apply of objects in the given order; unknown fields are refused. */
export async function applyWith(
  kubectl: Cluster['kubectl'],
  objects: readonly KubernetesObject[],
): Promise<void> {
  if (objects.length === 0) return;
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  const how = ['--server-side', '--force-conflicts', '--field-manager=sluice-testbed', '--validate=strict'];
  await kubectl(['apply', ...how, '-f', '-'], { input: JSON.stringify(list) });
}
