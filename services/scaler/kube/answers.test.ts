import type { ServerResponse } from 'node:http';
import { type Backlog, latch } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { Controller, Histories } from '../control/controller.ts';
import { kubeLease } from '../lease/kube-lease.ts';
import { deploymentTarget, hpaTarget, type ReplicaTarget } from '../targets/kubernetes.ts';
import { apiServer } from '../testing/serve.ts';

const never = new AbortController().signal;
const deployment = { kind: 'deployment', namespace: 'c', name: 'consumer' } as const;
const hpa = { kind: 'hpa', namespace: 'c', name: 'consumer' } as const;
const metadata = { name: 'consumer', namespace: 'c', resourceVersion: '7', uid: 'u' };
const scale = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata, spec: { replicas: 25 }, status: {} };
const autoscaler = {
  ...{ kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2', metadata },
  spec: { minReplicas: 3, maxReplicas: 15, scaleTargetRef: { kind: 'Deployment', name: 'api' } },
};
const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 };
const html = '<html><body>Sign in</body></html>';

/** What answers with 200 and is no answer: of a proxy, of another version, of another object. */
const nonsense = (object: { metadata: object; spec: object }, field: string) => ({
  'an HTML page': html,
  'an HTML page that says it is JSON': { text: html, type: 'application/json' },
  nothing: '',
  'an empty object': {},
  null: 'null',
  'a list': [],
  'a Status': status,
  'another kind': { ...object, kind: 'Pod' },
  'another API': { ...object, apiVersion: 'v9' },
  'another object': { ...object, metadata: { ...metadata, name: 'publisher' } },
  'another namespace': { ...object, metadata: { ...metadata, namespace: 'other' } },
  'no metadata': { ...object, metadata: undefined },
  'no resourceVersion': { ...object, metadata: { ...metadata, resourceVersion: undefined } },
  'an empty resourceVersion': { ...object, metadata: { ...metadata, resourceVersion: '' } },
  'no spec': { ...object, spec: undefined },
  ...Object.fromEntries(
    [-3, '25', 2.5, 1e12, null, true, {}, []].map((value) => [
      `${field} ${JSON.stringify(value)}`,
      { ...object, spec: { ...object.spec, [field]: value } },
    ]),
  ),
});

/** One pass over a queue that asks for 50. */
async function pass(target: ReplicaTarget): Promise<string[]> {
  const said: string[] = [];
  const controller = new Controller({
    name: 'jobs',
    policy: latch({ replicas: 50, startWhen: { readyAtLeast: 100 } }),
    source: { group: 'g', read: async (): Promise<Backlog> => ({ ready: 500, unacked: 0, at: Date.now() }) },
    target,
    fence: { mayAct: () => true },
    histories: new Histories(),
    observer: {
      decided: ({ current, decision }) => said.push(`${current} -> ${decision.replicas}`),
      readingFailed: (_, cause) => said.push(`reading ${cause}`),
      targetFailed: (_, operation) => said.push(`target ${operation}`),
    },
    ...{ sourceTimeoutMs: 4000, targetTimeoutMs: 4000, cacheTtlMs: 0, idleTrustMs: 0 },
    closing: never,
    now: Date.now,
  });
  await controller.tick();
  return said;
}

describe('a count that the API server answers with', () => {
  it.each(Object.entries(nonsense(scale, 'replicas')))('is none: a Scale that is %s', async (_, answer) => {
    await using server = await apiServer(200, answer);
    expect(await pass(deploymentTarget(deployment, server.apis.scales))).toEqual(['target read']);
    expect(server.calls.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each(Object.entries(nonsense(autoscaler, 'minReplicas')))(
    'is none: an HPA that is %s',
    async (_, answer) => {
      await using server = await apiServer(200, answer);
      expect(await pass(hpaTarget(hpa, server.apis.autoscalers))).toEqual(['target read']);
      expect(server.calls.map(({ method }) => method)).toEqual(['GET']);
    },
  );

  it('is 0 where a Scale leaves the count out, as it is written at 0', async () => {
    await using server = await apiServer(200, { ...scale, spec: {} });
    expect(await deploymentTarget(deployment, server.apis.scales).read(never)).toMatchObject({ current: 0 });
  });

  it('is not written without a version, whatever was observed', async () => {
    await using server = await apiServer(200, scale);
    const writes = [
      deploymentTarget(deployment, server.apis.scales),
      hpaTarget(hpa, server.apis.autoscalers),
    ];
    for (const target of writes)
      await expect(target.write(3, { current: 0 }, never)).rejects.toThrow('resourceVersion');
    expect(server.calls).toEqual([]);
  });

  it('is not taken for written when the answer to the write is none', async () => {
    await using server = await apiServer(200, html);
    const target = deploymentTarget(deployment, server.apis.scales);
    await expect(target.write(3, { current: 0, version: '7' }, never)).rejects.toThrow();
  });

  it('is said to be none without repeating the answer', async () => {
    await using server = await apiServer(200, { ...scale, spec: { replicas: 'hunter2' } });
    const failure = await deploymentTarget(deployment, server.apis.scales)
      .read(never)
      .catch((error: unknown) => error);
    expect(String(failure)).toContain("no Scale 'c/consumer'");
    expect(String(failure)).toContain("'spec.replicas'");
    expect(String(failure)).not.toContain('hunter2');
  });

  it('that leads elsewhere is not followed, and nothing is sent there', async () => {
    await using other = await apiServer(200, scale);
    for (const status of [301, 302, 303, 307, 308]) {
      await using server = await apiServer(status, (response: ServerResponse) =>
        response.setHeader('location', `${other.url}/`).end(),
      );
      const target = deploymentTarget(deployment, server.apis.scales);
      await expect(target.read(never)).rejects.toThrow();
      await expect(target.write(3, { current: 0, version: '7' }, never)).rejects.toThrow();
      expect(server.calls).toHaveLength(2);
    }
    expect(other.calls).toEqual([]);
  });

  it('that never ends is read no further than a Scale can be', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024, ' ');
    await using server = await apiServer(200, (response: ServerResponse) => {
      const more = (): void => {
        sent += chunk.length;
        if (response.writable) response.write(chunk, more);
      };
      more();
    });
    await expect(deploymentTarget(deployment, server.apis.scales).read(never)).rejects.toThrow('more than');
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });
});

describe('a Lease that the API server answers with', () => {
  const named = { name: 'scaler', namespace: 'apps' };
  const lease = {
    ...{ kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' },
    metadata: { ...named, resourceVersion: '8' },
    spec: { holderIdentity: 'me', leaseDurationSeconds: 15, leaseTransitions: 2 },
  };
  const changed = (spec: object) => ({ ...lease, spec: { ...lease.spec, ...spec } });
  const cases = {
    'an HTML page': html,
    'an empty object': {},
    'a Status': status,
    'another Lease': { ...lease, metadata: { ...lease.metadata, name: 'other' } },
    'no version': { ...lease, metadata: named },
    'held for no time': changed({ leaseDurationSeconds: undefined }),
    'held for less than no time': changed({ leaseDurationSeconds: -1 }),
    'held for a text': changed({ leaseDurationSeconds: '15' }),
    'held by a number': changed({ holderIdentity: 3 }),
    'held since no time': changed({ acquireTime: 'yesterday' }),
    'taken over a negative number of times': changed({ leaseTransitions: -1 }),
  };

  it.each(Object.entries(cases))('is none: %s', async (_, answer) => {
    await using server = await apiServer(200, answer);
    const store = kubeLease(named, server.apis.leases(named));
    await expect(store.read(never)).rejects.toThrow();
    const content = { holder: 'me', durationMs: 15_000, transitions: 0, renewedAt: 0 };
    await expect(store.write(content, '7', never)).rejects.toThrow();
    await expect(store.write(content, undefined, never)).rejects.toThrow();
  });

  it('may be free, and then for any time', async () => {
    await using server = await apiServer(200, { ...lease, spec: {} });
    expect(await kubeLease(named, server.apis.leases(named)).read(never)).toMatchObject({ holder: '' });
  });
});

it('an Event that was answered with a page is not taken for recorded', async () => {
  await using server = await apiServer(200, html);
  const event = { type: 'Normal', reason: 'X', action: 'Scale', note: 'n' } as const;
  await expect(
    server.apis.events.createEvent({ ...event, regarding: deployment, eventName: 'e', at: new Date(0) }),
  ).rejects.toThrow();
});
