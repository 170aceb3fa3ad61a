/** Requests that fail while the web service is replaced, pod by pod, on a real cluster behind the real ingress controller. */
import { builtProvider } from '../bed/built/provider.ts';
import { rollUnderLoad } from '../cluster/rolling.ts';
import { type Figure, round } from './figures.ts';

const name = 'bench-rollouts';
const ROLLOUTS = 20;

export async function apiRollouts(): Promise<Figure[]> {
  const refusal = await builtProvider.unavailable();
  if (refusal !== undefined) {
    process.stderr.write(`api-rollouts is left out: the built cluster ${refusal}\n`);
    return [];
  }
  const cluster = await builtProvider.up({ name });
  try {
    const {
      '2xx': answered,
      non2xx,
      errors,
      timeouts,
      asked,
      seconds,
    } = await rollUnderLoad(cluster, ROLLOUTS);
    const failed = non2xx + errors + timeouts;
    const share = answered / asked;
    return [
      {
        bench: 'api-rollouts-failed-requests',
        ...{
          value: failed,
          unit: `of ${answered + failed} requests in ${ROLLOUTS} rollouts, ${round(seconds)} s`,
        },
        ...{
          target: 'none, and at least 0.8 of those asked for were sent',
          ok: failed === 0 && share >= 0.8,
        },
      },
    ];
  } finally {
    await builtProvider.down(name);
  }
}
