import { expect, it } from 'vitest';
import { HISTORY_ANNOTATION, kubeLease, LeaseConflict } from '../lease/kube-lease.ts';
import { deploymentTarget, hpaTarget } from '../targets/kubernetes.ts';
import { apiServer } from '../testing/serve.ts';

const never = new AbortController().signal;
const scale = {
  ...{ kind: 'Scale', apiVersion: 'autoscaling/v1' },
  metadata: { name: 'consumer', namespace: 'c', resourceVersion: '7', uid: 'u' },
  spec: {},
  status: {},
};
const eventOf = (namespace: string, name: string) => ({
  ...{ kind: 'Event', apiVersion: 'events.k8s.io/v1' },
  metadata: { namespace, name, resourceVersion: '1' },
});
const deployment = { kind: 'deployment', namespace: 'c', name: 'consumer' } as const;

it('reads and updates the /scale of a Deployment at its version', async () => {
  await using server = await apiServer(200, scale);
  const target = deploymentTarget(deployment, server.apis.scales);
  const observed = await target.read(never);
  expect(observed).toEqual({ current: 0, version: '7', uid: 'u' });
  expect(await target.write(25, observed, never)).toBe('written');
  expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /apis/apps/v1/namespaces/c/deployments/consumer/scale',
    'PUT /apis/apps/v1/namespaces/c/deployments/consumer/scale',
  ]);
  expect(server.calls[1]?.body).toMatchObject({
    kind: 'Scale',
    metadata: { name: 'consumer', namespace: 'c', resourceVersion: '7' },
    spec: { replicas: 25 },
  });
});

it("reads an HPA's minimum and patches it alone, at its version", async () => {
  const spec = { minReplicas: 1, maxReplicas: 15, scaleTargetRef: { kind: 'Deployment', name: 'api' } };
  const metadata = { name: 'api', namespace: 'api', resourceVersion: '7', uid: 'u' };
  const kind = { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2' };
  await using server = await apiServer(200, { ...kind, metadata, spec });
  const target = hpaTarget({ kind: 'hpa', namespace: 'api', name: 'api' }, server.apis.autoscalers);
  const observed = await target.read(never);
  expect(observed).toEqual({ current: 1, version: '7', uid: 'u' });
  expect(await target.write(3, observed, never)).toBe('written');
  const path = '/apis/autoscaling/v2/namespaces/api/horizontalpodautoscalers/api';
  expect(server.calls).toEqual([
    { method: 'GET', path, type: undefined, body: undefined },
    {
      ...{ method: 'PATCH', path, type: 'application/merge-patch+json' },
      body: { metadata: { resourceVersion: '7', uid: 'u' }, spec: { minReplicas: 3 } },
    },
  ]);
});

it('records Events about an HPA as well', async () => {
  await using server = await apiServer(201, eventOf('api', 'api.1'));
  await server.apis.events.createEvent({
    ...{ type: 'Normal', reason: 'ScheduleFloor', action: 'Scale', note: 'The window' },
    ...{ regarding: { kind: 'hpa', namespace: 'api', name: 'api' }, eventName: 'api.1', at: new Date(0) },
  });
  expect(server.calls).toMatchObject([
    {
      path: '/apis/events.k8s.io/v1/namespaces/api/events',
      body: {
        regarding: {
          ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace: 'api', name: 'api' },
        },
      },
    },
  ]);
});

it('distinguishes a conflict from other failures', async () => {
  await using conflict = await apiServer(409, { kind: 'Status', code: 409 });
  const target = deploymentTarget(deployment, conflict.apis.scales);
  expect(await target.write(25, { current: 0, version: '7' }, never)).toBe('conflict');
  const lease = kubeLease(
    { name: 'scaler', namespace: 'apps' },
    conflict.apis.leases({ name: 'scaler', namespace: 'apps' }),
  );
  const content = { holder: 'me', durationMs: 15_000, transitions: 0, renewedAt: 0 };
  await expect(lease.write(content, '7', never)).rejects.toBeInstanceOf(LeaseConflict);
  await using forbidden = await apiServer(403, { kind: 'Status', code: 403 });
  await expect(deploymentTarget(deployment, forbidden.apis.scales).read(never)).rejects.toMatchObject({
    code: 403,
  });
});

it('gives a request up when its signal aborts', async () => {
  await using server = await apiServer(200, undefined);
  const controller = new AbortController();
  const reading = server.apis.scales.readScale(deployment, controller.signal);
  controller.abort();
  await expect(reading).rejects.toThrow(/abort/i);
});

it('writes a Lease with microseconds and reads it back', async () => {
  const stored = {
    ...{ kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' },
    metadata: {
      name: 'scaler',
      namespace: 'apps',
      resourceVersion: '8',
      annotations: { [HISTORY_ANNOTATION]: '{}' },
    },
    spec: {
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-02T03:04:05.678000Z',
      leaseTransitions: 2,
    },
  };
  await using server = await apiServer(200, stored);
  const named = { name: 'scaler', namespace: 'apps' };
  const lease = kubeLease(named, server.apis.leases(named));
  const acquiredAt = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const found = { holder: 'me', durationMs: 15_000, transitions: 2, version: '8', acquiredAt, history: '{}' };
  expect(await lease.read(never)).toEqual(found);
  expect(await lease.write({ ...found, renewedAt: acquiredAt + 1 }, '8', never)).toEqual(found);
  expect(server.calls[1]).toMatchObject({
    method: 'PUT',
    path: '/apis/coordination.k8s.io/v1/namespaces/apps/leases/scaler',
    body: {
      kind: 'Lease',
      metadata: { resourceVersion: '8', annotations: { [HISTORY_ANNOTATION]: '{}' } },
      spec: {
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        leaseTransitions: 2,
        acquireTime: '2026-01-02T03:04:05.678000Z',
        renewTime: '2026-01-02T03:04:05.679000Z',
      },
    },
  });
});

it('knows a Lease that does not exist', async () => {
  await using server = await apiServer(404, { kind: 'Status', code: 404 });
  const named = { name: 'scaler', namespace: 'apps' };
  expect(await kubeLease(named, server.apis.leases(named)).read(never)).toBeUndefined();
});

it('records Events of events.k8s.io/v1 and continues their series by a merge patch', async () => {
  await using server = await apiServer(201, eventOf('c', 'consumer.1'));
  const at = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  const notice = {
    type: 'Normal',
    reason: 'BacklogReachedMark',
    action: 'Scale',
    note: '100 ready',
  } as const;
  await server.apis.events.createEvent({
    ...notice,
    regarding: { kind: 'deployment', namespace: 'c', name: 'consumer', uid: 'u' },
    eventName: 'consumer.1',
    at,
  });
  await server.apis.events.continueSeries({ namespace: 'c', eventName: 'consumer.1' }, { count: 2, at });
  expect(server.calls).toMatchObject([
    {
      method: 'POST',
      path: '/apis/events.k8s.io/v1/namespaces/c/events',
      body: {
        ...notice,
        metadata: { name: 'consumer.1', namespace: 'c' },
        eventTime: '2026-01-02T03:04:05.678000Z',
        reportingController: 'sluice.dev/scaler',
        reportingInstance: 'scaler-0',
        regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'c', name: 'consumer', uid: 'u' },
      },
    },
    {
      method: 'PATCH',
      path: '/apis/events.k8s.io/v1/namespaces/c/events/consumer.1',
      type: 'application/merge-patch+json',
      body: { series: { count: 2, lastObservedTime: '2026-01-02T03:04:05.678000Z' } },
    },
  ]);
});
