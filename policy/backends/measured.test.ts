import { describe, expect, it } from 'vitest';
import {
  compileHpa,
  compileKeda,
  compileScalerConfig,
  drain,
  flow,
  type HpaWorkload,
  type Policy,
  parseScalerConfig,
  refusals,
  type Source,
} from '../index.ts';
import { asked, scraped, target } from '../testing/workloads.ts';

const following = flow({ minReplicas: 1, targetWaitSeconds: 60, maxReplicas: 25 });
const untold = drain({ minReplicas: 1, sloSeconds: 60, maxReplicas: 25 });
const counting = { publishedQuery: 'published_total', acknowledgedQuery: 'acknowledged_total' };

const file = (policy: Policy, source: Source) => ({
  pollSeconds: 5,
  workloads: [{ name: 'jobs', source, target, policy }],
});
const refusedBy = (policy: Policy, source: Source) =>
  refusals(compileScalerConfig(file(policy, source)).fidelity);

describe('what a policy measures', () => {
  it.each([following, untold])('is told by the management API, and by queries of totals: $kind', (policy) => {
    expect(refusedBy(policy, asked)).toEqual([]);
    expect(refusedBy(policy, { ...scraped, ...counting })).toEqual([]);
    expect(parseScalerConfig(JSON.parse(JSON.stringify(file(policy, asked))))).toEqual(file(policy, asked));
  });

  it('is refused for a source without totals, in a sentence that names sources with them', () => {
    const detailed: Source = { kind: 'detailed-metrics', url: 'http://b:15692', vhost: '/', queue: 'jobs' };
    const { unackedQuery: _, ...blind } = { ...scraped, ...counting };
    for (const source of [detailed, scraped, blind] as const) {
      expect(refusedBy(untold, source)).toEqual([
        "workload 'jobs', serviceSeconds.measured: the arrivals and the service time are measured from totals: take a source 'management', or a 'prometheus' with 'unackedQuery', 'publishedQuery' and 'acknowledgedQuery'",
      ]);
      expect(() => parseScalerConfig(file(following, source))).toThrow(
        "workload 'jobs', targetWaitSeconds: ",
      );
    }
  });

  it('is refused by an HPA and by KEDA, which measure and sum nothing', () => {
    const workload = (policy: Policy): HpaWorkload => ({ name: 'jobs', source: scraped, target, policy });
    const keda = { pollSeconds: 5, credentials: 'broker' };
    const said = flow({ minReplicas: 1, targetWaitSeconds: 60, meanServiceSeconds: 5, maxReplicas: 25 });
    for (const compiled of [compileHpa(workload(untold)), compileKeda(workload(untold), keda)]) {
      expect(compiled.manifests).toEqual([]);
      expect(refusals(compiled.fidelity)).toEqual([
        "workload 'jobs', serviceSeconds.measured: An HPA measures nothing: say 'meanServiceSeconds', or choose the own scaler, which measures it.",
      ]);
    }
    for (const compiled of [compileHpa(workload(said)), compileKeda(workload(said), keda)])
      expect(refusals(compiled.fidelity).join()).toContain(
        "targetWaitSeconds: The count of 'flow' adds up what arrives",
      );
  });

  it('leaves a drain to a wait exact where the time of a job is said', () => {
    const wait = drain({
      ...{ minReplicas: 1, sloSeconds: 60, sloOf: 'wait', podStartSeconds: 10, meanServiceSeconds: 20 },
      maxReplicas: 5,
    });
    const { manifests, fidelity } = compileHpa({ name: 'jobs', source: scraped, target, policy: wait });
    expect(fidelity.find(({ clause }) => clause === 'sloSeconds')?.fidelity).toBe('exact');
    // In 50 s a replica begins jobs at 0, 20 and 40 s.
    expect(manifests[0]?.spec.metrics[0]?.external.target.averageValue).toBe('3');
  });
});
