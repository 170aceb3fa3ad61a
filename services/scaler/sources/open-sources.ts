import { type ManagementSource, needsMeasures, type ScalerConfig, type Source } from '@sluice/policy';
import { parseManagementUrl } from '@sluice/runtime';
import {
  type BrokerCounts,
  detailedMetricsGroup,
  detailedMetricsSource,
  fetchBrokerCounts,
  fetchCounted,
  fetchListing,
  type Listing,
  managementGroup,
  managementSource,
} from './management.ts';
import { prometheusSource } from './prometheus.ts';
import { Connections, redisSource } from './redis.ts';
import { type BacklogSource, Shared } from './source.ts';

/** For policies that follow the time alone: nothing waits, as of now. It asks no server, so it cannot fail. */
const clockSource = (now: () => number): BacklogSource => ({
  group: 'clock',
  read: async () => ({ ready: 0, unacked: 0, at: now() }),
});

/** The age of the oldest message costs a request a workload: beyond this the first sight of it must do. */
const AGES_UP_TO = 20;

interface SourceTiming {
  /** The shortest time between two readings of one workload. */
  readonly pollMs: number;
  /** Below the ordinary poll period. */
  readonly timeoutMs: number;
}

/** Opens every workload's source; those of one broker share its requests. */
export function openSources(
  { workloads }: ScalerConfig,
  { pollMs, timeoutMs }: SourceTiming,
  now: () => number = Date.now,
): ReadonlyMap<string, BacklogSource> {
  const sharing = { freshForMs: pollMs / 2, timeoutMs };
  const listings = new Cache<Listing>();
  const brokers = new Cache<BrokerCounts>();
  const connections = new Connections();
  const users = countBy(
    workloads.map(({ source }) => source).filter((source) => source.kind === 'management'),
  );
  const management = (source: ManagementSource, measures: boolean): BacklogSource => {
    const group = managementGroup(source);
    const shared = (name: string, fetch: typeof fetchListing) =>
      listings.get(
        name,
        () => new Shared({ ...sharing, load: (signal: AbortSignal) => fetch(source, signal, now) }),
      );
    return managementSource(source, {
      listing: shared(group, fetchListing),
      counted: measures ? shared(`counted ${group}`, fetchCounted) : undefined,
      asksAge: (users.get(group) ?? 0) <= AGES_UP_TO,
    });
  };
  const open = (source: Source, measures: boolean): BacklogSource => {
    if (source.kind === 'management') return management(source, measures);
    if (source.kind === 'prometheus') return prometheusSource(source, now);
    if (source.kind === 'clock') return clockSource(now);
    if (source.kind === 'redis') return redisSource(source, connections, now);
    const load = (signal: AbortSignal) => fetchBrokerCounts(source, signal, now);
    return detailedMetricsSource(
      source,
      brokers.get(detailedMetricsGroup(source), () => new Shared({ ...sharing, load })),
    );
  };
  return new Map(
    workloads.map(({ name, source, policy }) => [name, open(normalized(source), needsMeasures(policy))]),
  );
}

/** @throws {UrlError} for a URL that the file's own check would have refused */
const normalized = (source: Source): Source =>
  source.kind === 'clock' || source.kind === 'redis'
    ? source
    : { ...source, url: parseManagementUrl(source.url) };

class Cache<T> {
  readonly #entries = new Map<string, Shared<T>>();

  get(key: string, make: () => Shared<T>): Shared<T> {
    const found = this.#entries.get(key) ?? make();
    this.#entries.set(key, found);
    return found;
  }
}

function countBy(sources: readonly ManagementSource[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const group of sources.map(managementGroup)) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}
