/** Objects of one kind in a namespace, as the API server tells of their changes. */
import { setTimeout as pause } from 'node:timers/promises';
import { type KubeConfig, type KubernetesObject, makeInformer } from '@kubernetes/client-node';
import { onTestFinished } from 'vitest';

const RETRY_MS = 500;

/**
 * Follows until the test ends that calls it; a lost connection is made again.
 * @param path of the list, e.g. /api/v1/namespaces/consumer/pods
 * @param take gets each object as it is at first and after each change of it
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function follow<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  list: Parameters<typeof makeInformer<T>>[2],
  take: (object: T) => void,
): Promise<void> {
  const informer = makeInformer<T>(config, path, list);
  let following = true;
  informer.on('add', take);
  informer.on('update', take);
  const again = async (): Promise<void> => {
    await pause(RETRY_MS);
    if (following) await informer.start();
  };
  informer.on('error', () => void again());
  onTestFinished(() => {
    following = false;
    return informer.stop();
  });
  await informer.start();
}
