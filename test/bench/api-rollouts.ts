/** Requests that fail while the web service is replaced, pod by pod, on a real cluster behind the real ingress controller. */
import { rollUnderLoad } from '../cluster/rolling.ts';
import { onBuiltCluster } from './cluster.ts';
import { type Figure, round } from './figures.ts';

const ROLLOUTS = 20;

export const apiRollouts = (): Promise<Figure[]> =>
  onBuiltCluster('api-rollouts', async (cluster) => {
    const {
      '2xx': answered,
      non2xx,
      errors,
      timeouts,
      asked,
      seconds,
    } = await rollUnderLoad(cluster, ROLLOUTS);
    const failed = non2xx + errors + timeouts;
    return [
      {
        bench: 'api-rollouts-failed-requests',
        ...{
          value: failed,
          unit: `of ${answered + failed} requests in ${ROLLOUTS} rollouts, ${round(seconds)} s`,
        },
        target: 'none, and at least 0.8 of those asked for were sent',
        ok: failed === 0 && answered / asked >= 0.8,
      },
    ];
  });
