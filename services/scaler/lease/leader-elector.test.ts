import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeLease } from '../testing/kubernetes.ts';
import { HISTORY_ANNOTATION, kubeLease } from './kube-lease.ts';
import { LeaderElector, type PreviousHolder } from './leader-elector.ts';

const named = { name: 'sluice-scaler', namespace: 'scaler' };

function contender(api: FakeLease, identity: string, connected: () => boolean = () => true) {
  const log: (string | undefined)[] = [];
  const note = { last: '' };
  const reach = async <T>(request: () => Promise<T>) => {
    if (!connected()) throw new Error('partitioned');
    return request();
  };
  const lease = kubeLease(named, {
    readLease: () => reach(api.readLease),
    createLease: (body) => reach(() => api.createLease(body)),
    replaceLease: (body) => reach(() => api.replaceLease(body)),
  });
  const campaign = new LeaderElector({
    store: lease,
    identity,
    clock: { lowerBound: Date.now, upperBound: Date.now },
    history: () => `history of ${identity}${note.last}`,
    elected: (history: string | undefined, from: PreviousHolder) => log.push(`elected ${from}`, history),
    lost: () => log.push('lost'),
    failed: () => log.push('failed'),
  });
  campaign.start();
  return { campaign, log, note };
}

describe('a campaign for the Lease', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => void vi.useRealTimers());
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  it('makes the Lease when there is none, and renews it', async () => {
    const api = new FakeLease();
    const { campaign, log } = contender(api, 'a');
    await pass(0);
    expect(campaign.mayAct()).toBe(true);
    expect(log).toEqual(['elected released', undefined]);
    const first = api.lease.metadata?.resourceVersion;
    await pass(60_000);
    expect(campaign.mayAct()).toBe(true);
    expect(Number(api.lease.metadata?.resourceVersion)).toBe(Number(first) + 30);
    expect(api.lease.spec).toMatchObject({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
    });
    expect(api.lease.metadata?.annotations).toEqual({ [HISTORY_ANNOTATION]: 'history of a' });
    await campaign.stop();
  });

  it('takes an unheld Lease made by a manifest, keeping its annotations', async () => {
    const api = new FakeLease();
    api.make({ metadata: { annotations: { 'argocd.argoproj.io/sync-wave': '1' } } });
    const { campaign } = contender(api, 'a');
    await pass(2000);
    expect(campaign.mayAct()).toBe(true);
    expect(api.lease.metadata?.annotations).toMatchObject({ 'argocd.argoproj.io/sync-wave': '1' });
    await campaign.stop();
  });

  it('hands over within one retry when the leader stops, with its last history', async () => {
    const api = new FakeLease();
    const a = contender(api, 'a');
    await pass(0);
    const b = contender(api, 'b');
    await pass(10_000);
    expect([a.campaign.mayAct(), b.campaign.mayAct()]).toEqual([true, false]);
    a.note.last = ', the last of it';
    await a.campaign.stop();
    expect(a.campaign.mayAct()).toBe(false);
    await pass(2000);
    expect(b.campaign.mayAct()).toBe(true);
    expect(b.log).toEqual(['elected released', 'history of a, the last of it']);
    expect(api.lease.spec?.leaseTransitions).toBe(1);
    await b.campaign.stop();
  });

  it('stops acting 10 s after its last renewal when it is cut off, before anybody else begins', async () => {
    const api = new FakeLease();
    let connected = true;
    const a = contender(api, 'a', () => connected);
    await pass(0);
    const b = contender(api, 'b');
    await pass(3000);
    connected = false;
    const acting: string[] = [];
    for (let second = 0; second < 30; second += 1) {
      acting.push(`${a.campaign.mayAct() ? 'a' : ''}${b.campaign.mayAct() ? 'b' : ''}`);
      await pass(1000);
    }
    expect(acting.slice(0, 9)).toEqual(Array(9).fill('a'));
    expect(acting).not.toContain('ab');
    expect(acting.indexOf('b') - acting.lastIndexOf('a')).toBeGreaterThan(5);
    expect(a.log).toContain('lost');
    expect(b.log).toEqual(['elected expired', 'history of a']);
    connected = true;
    await pass(20_000);
    expect([a.campaign.mayAct(), b.campaign.mayAct()]).toEqual([false, true]);
    await Promise.all([a.campaign.stop(), b.campaign.stop()]);
  });

  it('continues with its own memory when the API server comes back before another candidate took over', async () => {
    const api = new FakeLease();
    const { campaign, log } = contender(api, 'a');
    await pass(3000);
    api.down = true;
    await pass(12_000);
    expect(campaign.mayAct()).toBe(false);
    api.down = false;
    await pass(4000);
    expect(campaign.mayAct()).toBe(true);
    expect(log.filter((line) => line !== 'failed')).toEqual([
      'elected released',
      undefined,
      'lost',
      'elected own',
      'history of a',
    ]);
    await campaign.stop();
  });

  it('leaves the Lease alone when it stops as a follower', async () => {
    const api = new FakeLease();
    const a = contender(api, 'a');
    await pass(0);
    const b = contender(api, 'b');
    await pass(2000);
    await b.campaign.stop();
    expect(api.lease.spec?.holderIdentity).toBe('a');
    await a.campaign.stop();
  });
});
