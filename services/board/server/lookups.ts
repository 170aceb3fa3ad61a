import type { ClusterSnapshot } from '../../../packages/contracts/cluster-snapshot.ts';
import type { OnDemand } from '../model/feed.ts';

/** What pages read when somebody asks for them; each is absent where its source is not configured. */
export interface Lookups {
  /** Earlier snapshots, by their instants. */
  readonly snapshots?: OnDemand<ClusterSnapshot>;
}
