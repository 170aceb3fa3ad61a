import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { query } from '../../packages/contracts/metrics/catalogue.ts';
import { queryMetrics } from './metrics.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T00:01:00Z') }));
afterEach(() => void vi.useRealTimers());

async function lagAt(completeUpTo: string): Promise<number[]> {
  const registry = new Registry();
  queryMetrics(registry, () => ({ completeUpTo, pending: 0, failed: 0 }));
  const text = await registry.getSingleMetricAsString(query.indexLag.name);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => Number(line.split(' ')[1]));
}

it('reports how far the index is behind', async () => {
  expect(await lagAt('2026-01-01T00:00:18Z')).toEqual([42]);
});

it('reports no lag, and not one of decades, where the instant cannot be read', async () => {
  expect(await lagAt('yesterday')).toEqual([]);
});
