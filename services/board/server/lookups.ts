import type { ClusterSnapshot } from '../../../packages/contracts/cluster-snapshot.ts';
import type { LogReport } from '../../../packages/contracts/log-report.ts';
import type { OnDemand } from '../model/feed.ts';
import type { FoundLine } from '../sources/log-search.ts';
import type { Series } from '../sources/prometheus.ts';

/** What pages read when somebody asks for them; each is absent where its source is not configured. */
export interface Lookups {
  /** Earlier snapshots, by their instants. */
  readonly snapshots?: OnDemand<ClusterSnapshot>;
  /** Charts over time, by their spans. */
  readonly charts?: OnDemand<readonly Series[]>;
  /** Reports of errors, by their namespace and start: `consumer 1700000000000`. */
  readonly reports?: OnDemand<LogReport>;
  /** Lines of the log store, by what is looked for, as JSON. */
  readonly lines?: OnDemand<readonly FoundLine[]>;
}
