import type { LogStoreKind } from '../packages/contracts/log-store.ts';

/** The log stores of an environment. */
export interface Logs {
  /** Each gets every line. The first is the one that links, dashboards and reports ask; none: lines stay in their pods. */
  readonly stores: readonly LogStoreKind[];
  /** How long a store remembers: whole hours, at least '24h'. */
  readonly retention: string;
  /** The size of each volume of a store. */
  readonly volume: string;
  /** Needed where `elasticsearch` is one of the stores. */
  readonly elasticsearch?: ElasticsearchStore;
}

/** How Elasticsearch and Kibana are run. */
export interface ElasticsearchStore {
  /** The authority that issues their certificates, which agents and reports verify; any name. */
  readonly authority: string;
  /** Others that clients trust: the next or the former one while the authority is replaced. @default none */
  readonly also?: readonly string[];
  /**
   * The bucket of nightly snapshots. Its key pair are the properties `s3-access-key-id` and `s3-secret-access-key` of
   * the document of `elasticsearch`. @default there are none
   */
  readonly snapshots?: { readonly bucket: string; readonly region: string; readonly keepDays: number };
}

/** The disk of a store. */
export interface StoreVolume {
  /** For example '20Gi'. */
  readonly size: string;
  /** @default the environment's class */
  readonly storageClassName?: string;
}

/** One server of Redis's protocol (Valkey) that keeps queues. */
export interface RedisStore {
  readonly volume: StoreVolume;
  /** What a failed machine may lose of what was answered: nothing, or up to 2 s. */
  readonly fsync: 'always' | 'everysec';
  /** A backup each hour. @default there are none */
  readonly backups?: StoreBackups;
}

/** Where transactions are kept. */
export interface Transactions {
  readonly mongodb: { readonly volume: StoreVolume };
  readonly elasticsearch: { readonly volume: StoreVolume };
  /** Nightly backups of MongoDB and snapshots of the index. @default there are none */
  readonly backups?: StoreBackups;
  /** Runs that send transactions to inject, as a load. @default none */
  readonly load?: { readonly everyMinutes: number; readonly transactions: number };
}

/** Where a store is backed up to: a bucket of S3, and the key pair in the document of its namespace. */
export interface StoreBackups {
  readonly bucket: string;
  readonly region: string;
  readonly keepDays: number;
}
